import { Command } from 'commander';
import { unassignToken } from '../../store/unassign-token.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { withStore } from '../with-store.ts';

/** `radgate token unassign SERIAL` */
export function tokenUnassignCommand(): Command {
  return new Command('unassign')
    .description('take a token from its user and keep it for another one')
    .argument('<serial>', 'as printed on the token')
    .action(async (serial: string, _options: unknown, command: Command) =>
      unassign(serial.trim(), command.optsWithGlobals()),
    );
}

async function unassign(serial: string, options: CommonOptions): Promise<void> {
  const change = newChange('token unassign');
  const user = await withStore(options, (store) => store.run(unassignToken, { serial, change }));
  print(`The token ${serial} was that of "${user}"; it is nobody's now.`);
}
