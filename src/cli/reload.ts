import { Command } from 'commander';
import { askReload } from '../control/ask-reload.ts';
import { controlSocket } from '../control/control-socket.ts';
import { textsOf } from '../deliver/texts-of.ts';
import { Exit, OperatorError } from '../errors.ts';
import { commandConfig } from './command-config.ts';
import type { CommonOptions } from './common-options.ts';
import { note, print } from './terminal/print.ts';
import { outputWidth } from './terminal/table.ts';
import { wrap } from './terminal/wrap.ts';

/** `radgate reload` */
export function reloadCommand(): Command {
  return new Command('reload')
    .description('have the running service read its config anew')
    .action(async (_options: unknown, command: Command) => reload(command.optsWithGlobals()));
}

async function reload(options: CommonOptions): Promise<void> {
  const { file, config } = commandConfig(options);
  if (file === undefined)
    throw new OperatorError('config-missing', 'there is no radius.conf here, and the demo has nothing to reload');
  textsOf(config);
  const path = controlSocket(config);
  if (path === undefined) throw new OperatorError('not-running', '[control] socket is not set, as PostgreSQL needs it');
  const answer = await askReload(path);
  if (!answer.ok) {
    note(...answer.why, ...wrap(`The service keeps the config it has; it read ${answer.config}.`, outputWidth()));
    process.exitCode = Exit.config;
    return;
  }
  print(...wrap(`The service has taken ${answer.config}.`, outputWidth()));
  for (const key of answer.restart) print(...wrap(`${key} needs a restart: the old stays until then.`, outputWidth()));
}
