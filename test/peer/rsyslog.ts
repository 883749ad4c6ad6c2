import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestCertificate } from './certificate.ts';
import { closed, onLines, startChild } from './child.ts';
import { freeTcpPort } from './free-port.ts';
import { Journal } from './journal.ts';
import { probeTcp } from './probe-tcp.ts';

/** A message as rsyslog read it. */
export interface Received {
  readonly priority: number;
  readonly host: string;
  readonly app: string;
  readonly id: string;
  readonly text: string;
}

export interface Rsyslog {
  readonly port: number;
  readonly received: Journal<Received>;
  stop(): Promise<void>;
}

/** Starts a real rsyslogd on loopback that prints what it receives by UDP and TCP, or by TLS with a certificate. @param port of one that was stopped; else a free one */
export async function startRsyslog(dir: string, certificate?: TestCertificate, port?: number): Promise<Rsyslog> {
  const listen = port ?? (await freeTcpPort('127.0.0.1'));
  const file = join(dir, `rsyslog-${listen}.conf`);
  const out = join(dir, `rsyslog-${listen}.out`);
  await writeFile(out, '');
  const tls = certificate
    ? `global(DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="${certificate.certificate}"
        DefaultNetstreamDriverCertFile="${certificate.certificate}" DefaultNetstreamDriverKeyFile="${certificate.key}")`
    : '';
  const driver = certificate ? 'StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"' : '';
  await writeFile(
    file,
    `global(workDirectory="${dir}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
${tls}
module(load="imtcp" ${driver})
input(type="imtcp" address="127.0.0.1" port="${listen}")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="${listen}")
template(name="line" type="string" string="%PRI%|%HOSTNAME%|%APP-NAME%|%MSGID%|%msg%\\n")
if $app-name == "radgate" then action(type="omfile" file="${out}" template="line")
`,
  );
  const child = startChild('rsyslogd', ['-n', '-f', file, '-i', join(dir, `rsyslog-${listen}.pid`)]);
  const received = new Journal<Received>();
  const complaints: string[] = [];
  onLines(child.stderr, (line) => complaints.push(line));
  // Its own standard output is a socket, which it can't open as a file.
  const tail = startChild('tail', ['-n', '+1', '-f', out]);
  onLines(tail.stdout, (line) => {
    const [priority, host = '', app = '', id = '', ...text] = line.split('|');
    received.add({ priority: Number(priority), host, app, id, text: text.join('|').trim() });
  });
  const end = closed(child).finally(() => received.end(`rsyslogd ended: ${complaints.join('; ')}`));
  end.catch(() => undefined);
  // What comes by UDP before it listens is lost.
  await probeTcp('127.0.0.1', listen, 5_000);
  return {
    port: listen,
    received,
    stop: async () => {
      child.kill('SIGTERM');
      await end;
      tail.kill('SIGKILL');
    },
  };
}
