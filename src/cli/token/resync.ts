import { Command } from 'commander';
import { OperatorError } from '../../errors.ts';
import { hotpResyncWindow } from '../../factor/hotp.ts';
import { resyncToken } from '../../factor/resync.ts';
import { totpResyncWindow } from '../../factor/totp.ts';
import { showToken, type TokenSummary } from '../../store/tokens.ts';
import { withAsker } from '../terminal/with-asker.ts';
import { chosenToken, tokenPhrase, tokenWords } from './chosen-token.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { askCode } from '../input/read-code.ts';
import { driftSeen } from './drift.ts';
import { withStore } from '../with-store.ts';

/** `radgate token resync SERIAL|USER [NAME]` */
export function tokenResyncCommand(): Command {
  return new Command('resync')
    .description('follow a token whose clock or counter is off, by two codes in a row')
    .argument(...tokenWords.token)
    .argument(...tokenWords.name)
    .action(async (word: string, name: string | undefined, _options: unknown, command: Command) =>
      resync(word, name, command.optsWithGlobals()),
    );
}

async function resync(word: string, name: string | undefined, options: CommonOptions): Promise<void> {
  await withStore(options, async (store) => {
    const token = await chosenToken(store, word, name);
    const { id: tokenId } = token;
    const type = token.type === 'hotp' ? 'hotp' : 'totp';
    const { first, second } = await withAsker(async (asker) => ({
      first: await askCode(asker, 'Code that the token shows: ', 'the first code'),
      second: await askCode(asker, 'The code after it: ', 'the second code'),
    }));
    const change = newChange('token resync');
    const { found } = await store.run(resyncToken, { tokenId, type, first, second, now: change.at, change });
    if (!found) throw new OperatorError('refused', `${unfound[type]} Nothing was changed.`);
    const after = (await store.run(showToken, tokenId)) ?? token;
    print(`Took in again ${tokenPhrase(token)}.`, ...told(token, after));
  });
}

const unfound = {
  totp: `these are not two codes in a row of this token that were not used, within ${totpResyncWindow} steps either way.`,
  hotp: `these are not two codes in a row of this token, within ${hotpResyncWindow} after the last one used.`,
};

function told(before: TokenSummary, after: TokenSummary): string[] {
  if (after.type === 'hotp')
    return [`Next counter: ${after.counter} (before: ${before.counter}). Both codes are used up.`];
  return [`Drift found: ${driftSeen(after)}. Both codes are used up.`];
}
