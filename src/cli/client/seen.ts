import { Option } from 'commander';
import type { Client, Config } from '../../config/schema.ts';
import { noHabits, type Habits } from '../../nas/habits.ts';
import { dayOf, keptDays, showHabits } from '../../nas/kept-habits.ts';
import { givesUpAfter, propose, type Proposal } from '../../policy/propose.ts';
import type { Store } from '../../store/store.ts';
import type { CommonOptions } from '../common-options.ts';
import { isoTime } from '../terminal/format-time.ts';
import { wholeNumber } from '../terminal/paging.ts';

export interface ClientOptions extends CommonOptions {
  readonly days: number;
  readonly json?: boolean;
}

export function daysOption(): Option {
  return new Option('--days <n>', 'what was seen in the last days, today included')
    .argParser(wholeNumber(1, keptDays))
    .default(keptDays);
}

/** A client of the config, what was seen of it, and what should be set otherwise. */
export interface SeenClient {
  readonly client: Client;
  readonly habits: Habits;
  readonly proposals: readonly Proposal[];
}

/** All clients of the config, in its order. @param now milliseconds since 1970 UTC */
export async function seenClients(store: Store, config: Config, days: number, now: number): Promise<SeenClient[]> {
  const kept = await store.run(showHabits, { after: dayOf(now) - days });
  const known = new Map(kept.map(({ client, habits }) => [client, habits]));
  return config.client.map((client) => {
    const habits = known.get(client.name) ?? noHabits();
    const settings = {
      messageAuthenticator: client.message_authenticator,
      challenge: client.challenge,
      append: client.append,
      proxy: client.proxy,
      deadline: client.deadline,
    };
    return { client, habits, proposals: propose(settings, habits) };
  });
}

/** A client as `--json` shows one: a contract with scripts, see docs/command-line.md. */
export function clientJson({ client, habits, proposals }: SeenClient): object {
  return {
    name: client.name,
    address: client.address,
    profile: client.profile,
    requests: habits.requests,
    last: habits.lastAt === 0 ? null : isoTime(habits.lastAt),
    signed: habits.signed,
    unsigned: habits.unsigned,
    proxied: habits.proxied,
    challenges: habits.challenges,
    answers: habits.answers,
    copies: habits.copies,
    late_copies: habits.lateCopies,
    most_copies: habits.mostCopies,
    mean_gap_ms: habits.copies === 0 ? null : Math.round(habits.gaps / habits.copies),
    longest_gap_ms: habits.longestGap,
    longest_wait_ms: habits.longestWait,
    longest_open_ms: habits.longestOpen,
    gives_up_ms: givesUpAfter(habits) ?? null,
    proposals: proposals.map(({ key, value, why }) => ({ key, value, why })),
  };
}
