import { join } from 'node:path';
import { closed, onLines, startChild } from './child.ts';
import { Journal } from './journal.ts';

/** What was told, as lines of assignments. */
export interface ManagerSocket {
  readonly path: string;
  readonly told: Journal<readonly string[]>;
  stop(): Promise<void>;
}

/** In Perl, which is on every Debian: Node has no datagrams over Unix sockets. */
const listener = `use strict; use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($s, pack_sockaddr_un($ARGV[0])) or die $!;
print "listening\\n";
while (defined recv($s, my $m, 65536, 0)) { $m =~ s/\\n/\\t/g; print "$m\\n"; }`;

/** Listens where systemd would: for what sd_notify(3) sends. */
export async function listenAsManager(dir: string): Promise<ManagerSocket> {
  const path = join(dir, 'notify');
  const child = startChild('perl', ['-e', listener, path]);
  const told = new Journal<readonly string[]>();
  const complaints: string[] = [];
  onLines(child.stderr, (line) => complaints.push(line));
  onLines(child.stdout, (line) => told.add(line.split('\t')));
  const end = closed(child).finally(() => told.end(`the listener ended: ${complaints.join('; ')}`));
  end.catch(() => undefined);
  await told.waitFor(([line]) => line === 'listening', 'the socket');
  return {
    path,
    told,
    stop: async () => {
      child.kill('SIGTERM');
      await end;
    },
  };
}
