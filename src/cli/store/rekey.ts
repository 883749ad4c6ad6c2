import { Command, Option } from 'commander';
import { openStore } from '../../build/open-store.ts';
import { recordChange } from '../../audit/record-change.ts';
import type { Config } from '../../config/schema.ts';
import { changeKey, finishKey, prepareKey, type KeyChange } from './change-key.ts';
import type { CommonOptions } from '../common-options.ts';
import { OperatorError } from '../../errors.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { configOfExisting } from '../with-existing-store.ts';
import { withStoreOf } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly prepare?: boolean;
  readonly finish?: boolean;
  readonly gone?: boolean;
}

/** `radgate store rekey` */
export function storeRekeyCommand(): Command {
  return new Command('rekey')
    .description(
      'change the key that the store is sealed under, while the service runs; killed, it goes on when run again',
    )
    .addOption(
      new Option('--prepare', 'only add a second key to the key file, to be copied to other nodes').conflicts('finish'),
    )
    .addOption(new Option('--finish', 'drop the old key from the key file, once nothing is sealed under it'))
    .option('--gone', 'with --finish: nodes that were not restarted since will not run again')
    .action(async (_options: unknown, command: Command) => rekey(command.optsWithGlobals()));
}

async function rekey(options: Options): Promise<void> {
  if (options.gone && !options.finish) throw new OperatorError('usage', '--gone goes with --finish');
  const config = configOfExisting(options);
  const keyFile = config.store.key_file;
  const change: KeyChange = { keyFile, open: () => openStore(config, () => {}) };
  if (options.prepare) await prepare(change);
  else if (options.finish) await finish(change, config, options.gone === true);
  else await run(change, config);
}

async function prepare(change: KeyChange): Promise<void> {
  const step = await prepareKey(change);
  print(
    step.kind === 'prepared' && step.already
      ? `${change.keyFile} holds a second key already.`
      : `Added a second key to ${change.keyFile}. Nothing is sealed under it yet.`,
    'Copy the file to every node that shares the store, then run: radgate store rekey',
  );
}

async function run(change: KeyChange, config: Config): Promise<void> {
  let bar: ProgressBar | undefined;
  let total = 0;
  try {
    for await (const step of changeKey(change, config.store.url.driver === 'sqlite')) {
      if (step.kind === 'prepared') print(`Added a new key to ${change.keyFile}, behind the old one.`);
      else if (step.kind === 'writing') {
        print('From now on the store is written with the new key.');
        await note(config, 'begun');
      } else if (step.kind === 'resealing') {
        bar ??= new ProgressBar('Sealing anew', step.total);
        bar.update(step.done);
      } else total = step.total;
    }
  } finally {
    bar?.end();
  }
  print(
    `Sealed anew: ${total} value(s). Nothing is left under the old key but what a running radgate`,
    'still writes. Now restart radgate (every node), then run: radgate store rekey --finish',
    'Copies of the store made before need the old key: keep the old key file with them.',
  );
}

async function finish(change: KeyChange, config: Config, areGone: boolean): Promise<void> {
  if (!(await finishKey(change, areGone)))
    return print(`${change.keyFile} holds one key alone: there is nothing to finish.`);
  await note(config, 'finished');
  print(
    `Dropped the old key: ${change.keyFile} holds the new one alone.`,
    'Keep a copy of it, apart from copies of the store.',
  );
}

/** For the audit. */
async function note(config: Config, detail: string): Promise<void> {
  const input = { change: newChange('store rekey'), detail };
  await withStoreOf(config, (store) => store.run(recordChange, input));
}
