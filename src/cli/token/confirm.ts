import { Command } from 'commander';
import { lockoutRules, windows } from '../../build/rules.ts';
import type { Config } from '../../config/schema.ts';
import { OperatorError } from '../../errors.ts';
import { confirm, type ConfirmOutput } from '../../login/confirm.ts';
import { outcomes } from '../../login/outcome.ts';
import type { Store } from '../../store/store.ts';
import { showUser, type UserSummary } from '../../store/users.ts';
import { withAsker } from '../terminal/with-asker.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { userName } from '../user/name.ts';
import { withStore } from '../with-store.ts';

/** `radgate token confirm USER` */
export function tokenConfirmCommand(): Command {
  return new Command('confirm')
    .description('make a pending token active by its first code, read from standard input')
    .argument('<user>', 'found as a login finds it')
    .action(async (user: string, _options: unknown, command: Command) => confirmToken(user, command.optsWithGlobals()));
}

async function confirmToken(typed: string, options: CommonOptions): Promise<void> {
  const folded = userName(typed);
  await withStore(options, async (store, config) => {
    const user = await store.run(showUser, folded);
    const pending = user.tokens.filter(({ state }) => state === 'pending').map(({ name }) => `"${name}"`);
    if (pending.length === 0) throw new OperatorError('refused', `"${user.name}" has no pending token`);
    const prompt = `Code that the app shows for ${user.name}: `;
    const code = await withAsker((asker) => asker.ask({ prompt, what: 'the code', echo: true }));
    const { outcome, confirmed } = await check(store, config, user, code);
    if (confirmed.length > 0) return print(`The token "${confirmed.join(', ')}" of "${user.name}" is active.`);
    throw new OperatorError(
      'refused',
      refusals[outcome] ?? `${outcomes[outcome].log}; still pending: ${pending.join(', ')}`,
    );
  });
}

const refusals: Readonly<Record<string, string>> = {
  accepted: 'this is the code of a token that is active already, not of the pending one',
  'code-wrong-last': 'wrong code: is the key in the app the one that was shown last, and is its clock right?',
  'code-used-last': 'this code was used already: wait for the next one',
};

/** As an answer to a challenge is checked. */
async function check(store: Store, config: Config, user: UserSummary, answer: Buffer): Promise<ConfirmOutput> {
  const change = newChange('token confirm');
  return store.run(confirm, {
    userId: user.id,
    answer,
    now: change.at,
    windows: windows(config),
    lockout: lockoutRules(config),
    audit: {
      at: change.at,
      loginId: change.id,
      userId: user.id,
      userName: user.name,
      client: `radgate ${change.command}`,
      clientAddress: '-',
      callingStationId: null,
      primary: '-',
      latency: 0,
    },
    change,
  });
}
