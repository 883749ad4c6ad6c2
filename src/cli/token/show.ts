import { Command } from 'commander';
import type { TokenSummary } from '../../store/tokens.ts';
import { chosenToken, tokenWords } from './chosen-token.ts';
import type { CommonOptions } from '../common-options.ts';
import { formatTime } from '../terminal/format-time.ts';
import { print, printJson } from '../terminal/print.ts';
import { driftSeen } from './drift.ts';
import { tokenJson } from './json.ts';
import { tokenState } from './state.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly json?: boolean;
}

/** `radgate token show SERIAL|USER [NAME]` */
export function tokenShowCommand(): Command {
  return new Command('show')
    .description('all about one token, but not its secret')
    .argument(...tokenWords.token)
    .argument(...tokenWords.name)
    .option('--json', 'for programs')
    .action(async (word: string, name: string | undefined, _options: unknown, command: Command) =>
      show(word, name, command.optsWithGlobals()),
    );
}

async function show(word: string, name: string | undefined, options: Options): Promise<void> {
  const token = await withStore(options, (store) => chosenToken(store, word, name));
  if (options.json) printJson(tokenJson(token));
  else print(...describe(token, Date.now()).map(([label, value]) => `${label.padEnd(13)} ${value}`));
}

function describe(token: TokenSummary, now: number): [string, string][] {
  const { type, digits, period, algorithm } = token;
  return [
    ['Token', token.name],
    ['User', token.user ?? 'nobody yet'],
    ['Serial', token.serial ?? '-'],
    ['Device', [token.manufacturer, token.model].filter((part) => part !== null).join(' ') || '-'],
    ['State', tokenState(token, now)],
    ['Codes', `${type}, ${digits} digits, ${type === 'totp' ? `every ${period} s, ` : ''}${algorithm}`],
    ['PIN', token.hasPin ? 'goes before the code' : 'none'],
    type === 'totp' ? ['Drift seen', driftSeen(token)] : ['Next counter', String(token.counter)],
    ['Valid from', token.validFrom === null ? 'always' : formatTime(token.validFrom)],
    ['Valid until', token.validUntil === null ? 'always' : formatTime(token.validUntil)],
    ['Added', formatTime(token.created)],
    ['Last used', formatTime(token.lastUsed)],
  ];
}
