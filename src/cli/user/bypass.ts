import { Command, Option } from 'commander';
import { OperatorError } from '../../errors.ts';
import { randomOctets } from '../../random.ts';
import { cancelBypass, grantBypass, longestBypass } from '../../store/bypasses.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { plainOption } from '../input/plain-option.ts';
import { print } from '../terminal/print.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly reason?: string;
  readonly seconds: number;
  readonly cancel?: boolean;
}

/** `radgate user bypass NAME` */
export function userBypassCommand(): Command {
  return new Command('bypass')
    .description('let a user in once with the password alone, within some minutes; it goes before a lock')
    .argument('<name>', 'found as a login finds it')
    .option('--reason <text>', 'why, for the audit; it has to be given')
    .addOption(
      new Option('--seconds <n>', `how long it waits to be used, up to ${longestBypass}`)
        .argParser(wholeNumber(1, longestBypass))
        .default(300),
    )
    .addOption(new Option('--cancel', 'take back the one that waits').conflicts(['reason']))
    .action(async (name: string, _options: unknown, command: Command) => bypass(name, command.optsWithGlobals()));
}

async function bypass(typed: string, options: Options): Promise<void> {
  const user = userName(typed);
  if (options.cancel) {
    const change = newChange('user bypass');
    const { name, cancelled } = await withStore(options, (store) => store.run(cancelBypass, { user, change }));
    if (!cancelled) throw new OperatorError('refused', `no bypass of "${name}" waits to be used`);
    return print(`Took back the bypass of "${name}".`);
  }
  const reason = plainOption(options.reason ?? '', 'reason');
  if (reason === null) throw new OperatorError('usage', 'say why with --reason TEXT: the audit keeps it');
  const { seconds } = options;
  const grant = { id: randomOctets(16).toString('hex'), user, reason, seconds };
  const name = await withStore(options, (store) =>
    store.run(grantBypass, { ...grant, change: newChange('user bypass') }),
  );
  print(`"${name}" may log in once with the password alone within the next ${seconds} s.`);
}
