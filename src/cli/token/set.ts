import { Command, Option } from 'commander';
import { OperatorError } from '../../errors.ts';
import { setToken } from '../../store/set-token.ts';
import { withAsker } from '../terminal/with-asker.ts';
import { chosenToken, tokenPhrase, tokenWords } from './chosen-token.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { readDate } from '../input/read-date.ts';
import { askPin } from '../input/read-pin.ts';
import { tokenName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly name?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  /** False for `--no-valid-from`. */
  readonly validFrom?: string | false;
  readonly validUntil?: string | false;
  readonly pinStdin?: boolean;
  /** False for `--no-pin`. */
  readonly pin?: false;
}

/** `radgate token set SERIAL|USER [NAME]` */
export function tokenSetCommand(): Command {
  return new Command('set')
    .description('change a token')
    .argument(...tokenWords.token)
    .argument(...tokenWords.name)
    .option('--name <name>', 'call it so')
    .addOption(new Option('--enable', 'take its codes again').conflicts('disable'))
    .option('--disable', 'refuse its codes')
    .option('--valid-from <date>', 'refuse its codes before, such as 2026-01-31')
    .option('--no-valid-from', 'take them from always')
    .option('--valid-until <date>', 'refuse its codes after')
    .option('--no-valid-until', 'take them for ever')
    .option('--pin-stdin', 'read a new PIN that goes before its codes from standard input')
    .addOption(new Option('--no-pin', 'take the PIN off').default(undefined).conflicts('pinStdin'))
    .action(async (word: string, name: string | undefined, _options: unknown, command: Command) =>
      set(word, name, command.optsWithGlobals()),
    );
}

async function set(word: string, which: string | undefined, options: Options): Promise<void> {
  const { name, enable, disable, pinStdin, pin } = options;
  const values = {
    name: name === undefined ? undefined : tokenName(name),
    disabled: enable || disable ? disable === true : undefined,
    validFrom: dateOption('--valid-from', options.validFrom, 'start'),
    validUntil: dateOption('--valid-until', options.validUntil, 'end'),
    pin: pinStdin ? await withAsker(askPin) : pin === false ? null : undefined,
  };
  if (Object.values(values).every((value) => value === undefined))
    throw new OperatorError('usage', 'say what is to be changed, such as --disable or --valid-until');
  await withStore(options, async (store) => {
    const token = await chosenToken(store, word, which);
    await store.run(setToken, { id: token.id, ...values, change: newChange('token set') });
    print(`Changed ${tokenPhrase(token)}.`);
  });
}

function dateOption(
  option: string,
  typed: string | false | undefined,
  edge: 'start' | 'end',
): number | null | undefined {
  if (typed === undefined) return undefined;
  return typed === false ? null : readDate(option, typed, edge);
}
