import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { Config } from '../../config/schema.ts';
import { controlSocket } from '../../control/control-socket.ts';
import { followLogins } from '../../control/follow-logins.ts';
import type { TraceWish } from '../../control/orders.ts';
import { OperatorError } from '../../errors.ts';
import type { TraceEvent } from '../../trace/trace-event.ts';
import { commandConfig } from '../command-config.ts';
import type { CommonOptions } from '../common-options.ts';
import { note, print } from '../terminal/print.ts';
import { userName } from '../user/name.ts';
import { eventLines } from './event-lines.ts';

interface Options extends CommonOptions {
  readonly client?: string;
  readonly user?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** Until a worker that has ended is looked for again, in milliseconds. */
const retryAfter = 1_000;

/** `radgate trace` */
export function traceCommand(): Command {
  return new Command('trace')
    .description('follow the logins of the running service, secrets masked, until Ctrl-C')
    .option('--client <name>', 'those at this [[client]] alone')
    .option('--user <name>', 'those of this user alone, by any spelling of the name')
    .option('-v, --verbose', 'show every attribute of the packets')
    .addOption(new Option('--json', 'a line of JSON for each event, with all attributes').conflicts('verbose'))
    .action(async (_options: unknown, command: Command) => trace(command.optsWithGlobals()));
}

async function trace(options: Options): Promise<void> {
  const { config } = commandConfig(options);
  const wish = wishOf(options, config);
  const paths = Array.from({ length: config.listen.workers }, (_, index) => socketOf(config, index + 1));
  const ended = new AbortController();
  const onSignal = (): void => ended.abort('signal');
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  let awaited = paths.length;
  const onAnswer = (): void => {
    if (--awaited === 0) note('Logins are followed from here on; Ctrl-C ends it.');
  };
  const onEvent = (event: TraceEvent): void => {
    if (event.event === 'following') onAnswer();
    else if (event.event === 'refused')
      throw new OperatorError('trace-full', 'as many follow the logins of this service as may');
    else print(...(options.json ? [JSON.stringify(event)] : eventLines(event, options.verbose === true)));
  };
  const [first = '', ...others] = paths;
  const all = others.map((path) => followWorker(path, wish, ended.signal, onEvent, onAnswer));
  try {
    for await (const event of followLogins(first, wish, ended.signal)) onEvent(event);
    if (ended.signal.reason !== 'signal') throw new OperatorError('not-running', 'the service has stopped');
  } finally {
    ended.abort();
    await Promise.all(all);
  }
}

/** Another process of the service. One that has ended is started anew by the first, and is followed again then. */
async function followWorker(
  path: string,
  wish: TraceWish,
  until: AbortSignal,
  onEvent: (event: TraceEvent) => void,
  onFirstAnswer: () => void,
): Promise<void> {
  let isFirst = true;
  while (!until.aborted) {
    try {
      for await (const event of followLogins(path, wish, until)) {
        if (event.event !== 'following') onEvent(event);
        else if (isFirst) onFirstAnswer();
        isFirst = false;
      }
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      note(`radgate: ${error.message}; tried again`);
    }
    if (isFirst) onFirstAnswer();
    isFirst = false;
    await delay(retryAfter, undefined, { signal: until }).catch(() => undefined);
  }
}

/** @throws OperatorError 'not-running' if it has none */
function socketOf(config: Config, worker: number): string {
  const path = controlSocket(config, worker);
  if (path === undefined) throw new OperatorError('not-running', '[control] socket is not set, as PostgreSQL needs it');
  return path;
}

function wishOf({ client, user }: Options, config: Config): TraceWish {
  const names = config.client.map(({ name }) => name);
  if (client !== undefined && !names.includes(client))
    throw new OperatorError('usage', `there is no [[client]] "${client}", only ${names.join(', ') || 'none'}`);
  return {
    ...(client === undefined ? {} : { client }),
    ...(user === undefined ? {} : { skeleton: userName(user).skeleton }),
  };
}
