import { Command } from 'commander';
import { formatTime } from '../terminal/format-time.ts';
import { print, printJson } from '../terminal/print.ts';
import { shown } from '../terminal/shown.ts';
import { table } from '../terminal/table.ts';
import { withExistingStore } from '../with-existing-store.ts';
import { clientJson, daysOption, seenClients, type ClientOptions, type SeenClient } from './seen.ts';

/** `radgate client list` */
export function clientListCommand(): Command {
  return new Command('list')
    .description('list the clients of the config and what they were seen to do')
    .addOption(daysOption())
    .option('--json', 'for programs')
    .action(async (_options: unknown, command: Command) => list(command.optsWithGlobals()));
}

async function list(options: ClientOptions): Promise<void> {
  const clients = await withExistingStore(options, (store, config) =>
    seenClients(store, config, options.days, Date.now()),
  );
  if (options.json) return printJson({ days: options.days, clients: clients.map(clientJson) });
  const header = ['client', 'last', 'requests', 'signed', 'answered', 'copies', 'proposals'];
  print(...table(header, clients.map(rowOf), { width: 80, cut: [0] }));
  if (clients.some(({ proposals }) => proposals.length > 0))
    print('', 'What is proposed, and why: radgate client show NAME');
}

function rowOf({ client, habits, proposals }: SeenClient): string[] {
  return [
    shown(client.name),
    formatTime(habits.lastAt === 0 ? null : habits.lastAt),
    String(habits.requests),
    share(habits.signed, habits.signed + habits.unsigned),
    share(habits.answers, habits.challenges),
    String(habits.copies),
    String(proposals.length),
  ];
}

/** Never "100%" unless it is all, nor "0%" unless it is none. */
function share(part: number, whole: number): string {
  if (whole === 0) return '-';
  if (part >= whole) return '100%';
  return part === 0 ? '0%' : `${Math.min(99, Math.max(1, Math.round((100 * part) / whole)))}%`;
}
