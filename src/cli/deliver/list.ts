import { Command, Option } from 'commander';
import { listOutbox, type OutboxEntry } from '../../store/list-outbox.ts';
import { showUser } from '../../store/users.ts';
import type { CommonOptions } from '../common-options.ts';
import { formatTime, isoTime } from '../terminal/format-time.ts';
import { moreLine, pagingOptions, type PagingOptions } from '../terminal/paging.ts';
import { print, printJson } from '../terminal/print.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { userName } from '../user/name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions, PagingOptions {
  readonly state?: string;
  readonly json?: boolean;
}

const states = ['queued', 'processing', 'sent', 'failed', 'abandoned'] as const;

/** `radgate deliver list [USER]` */
export function deliverListCommand(): Command {
  const [limit, offset] = pagingOptions();
  return new Command('list')
    .description('list messages with codes and notices, the newest first')
    .argument('[user]', 'only those to this user, found as a login finds it')
    .addOption(new Option('--state <state>', 'only those in this state').choices(states))
    .addOption(limit)
    .addOption(offset)
    .option('--json', 'for programs')
    .action(async (user: string | undefined, _options: unknown, command: Command) =>
      list(user, command.optsWithGlobals()),
    );
}

async function list(typed: string | undefined, options: Options): Promise<void> {
  const { state = null, limit, offset, json } = options;
  const user = typed === undefined ? undefined : userName(typed);
  const { total, messages } = await withStore(options, async (store) => {
    const userId = user === undefined ? null : (await store.run(showUser, user)).id;
    return store.run(listOutbox, { state, userId, limit, offset });
  });
  if (json) return printJson({ total, messages: messages.map(messageJson) });
  if (messages.length === 0) return print(total > 0 ? `No more messages: there are ${total}.` : 'No messages.');
  const header = ['created', 'user', 'channel', 'to', 'state', 'tries', 'provider', 'receipt', 'why'];
  const rows = messages.map((message) => [
    formatTime(message.created),
    message.user ?? '-',
    message.method,
    message.target,
    message.state,
    String(message.tries),
    message.provider ?? '-',
    message.receipt ?? '-',
    message.why ?? '-',
  ]);
  print(
    ...table(header, rows, { width: outputWidth(), cut: [1, 3, 8] }),
    ...moreLine(messages.length, total, options, 'messages'),
  );
}

/** A message as `--json` shows one: a contract with scripts, see docs/command-line.md. */
function messageJson(message: OutboxEntry): object {
  return {
    id: message.id,
    user: message.user,
    channel: message.method,
    to: message.target,
    client: message.client,
    state: message.state,
    tries: message.tries,
    provider: message.provider,
    provider_id: message.providerId,
    receipt: message.receipt,
    why: message.why,
    created: isoTime(message.created),
    finished: isoTime(message.finished),
  };
}
