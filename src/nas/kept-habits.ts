import { integer, text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import { largest, summed, type Habits } from './habits.ts';

export interface ClientHabits {
  readonly client: string;
  readonly habits: Habits;
}

const day = 24 * 60 * 60_000;
/** Days that are kept, today's among them: what a device did before it was set otherwise is forgotten. */
export const keptDays = 30;

/** The day of a moment, counted from 1970 in UTC. @param at milliseconds since 1970 UTC */
export function dayOf(at: number): number {
  return Math.floor(at / day);
}

const columns: Readonly<Record<keyof Habits, string>> = {
  requests: 'requests',
  signed: 'signed',
  unsigned: 'unsigned',
  proxied: 'proxied',
  challenges: 'challenges',
  answers: 'answers',
  copies: 'copies',
  lateCopies: 'late_copies',
  gaps: 'gaps',
  mostCopies: 'most_copies',
  longestGap: 'longest_gap',
  longestWait: 'longest_wait',
  longestOpen: 'longest_open',
  lastAt: 'last_at',
};
const all = [...summed, ...largest];
const names = all.map((habit) => columns[habit]);
const added = summed.map((habit) => `${columns[habit]} = client_habits.${columns[habit]} + excluded.${columns[habit]}`);
const raised = largest.map((habit) => {
  const column = columns[habit];
  const larger = `excluded.${column} > client_habits.${column}`;
  return `${column} = CASE WHEN ${larger} THEN excluded.${column} ELSE client_habits.${column} END`;
});
const note = `INSERT INTO client_habits (client, day, ${names.join(', ')}) VALUES (?, ?, ${names.map(() => '?').join(', ')})
  ON CONFLICT (client, day) DO UPDATE SET ${[...added, ...raised].join(', ')}`;
const show = `SELECT client, ${[
  ...summed.map((habit) => `CAST(sum(${columns[habit]}) AS BIGINT) AS ${columns[habit]}`),
  ...largest.map((habit) => `max(${columns[habit]}) AS ${columns[habit]}`),
].join(', ')} FROM client_habits WHERE day > ? GROUP BY client ORDER BY client`;

/** Adds what was seen of some clients to their day, and forgets days that are over. */
export const noteHabits: Transaction<{ readonly day: number; readonly seen: readonly ClientHabits[] }, null> = {
  name: 'note-habits',
  access: 'write',
  run: async ({ sql }, { day: today, seen }) => {
    // In one order on all nodes, so that none waits for another's row while it holds one.
    for (const { client, habits } of seen.toSorted((a, b) => (a.client < b.client ? -1 : 1)))
      await sql.run(note, client, today, ...all.map((habit) => habits[habit]));
    await sql.run('DELETE FROM client_habits WHERE day <= ?', today - keptDays);
    return null;
  },
};

/** What was seen of each client after a day. */
export const showHabits: Transaction<{ readonly after: number }, readonly ClientHabits[]> = {
  name: 'show-habits',
  access: 'read',
  run: async ({ sql }, { after }) =>
    (await sql.all(show, after)).map((row) => ({
      client: text(row, 'client'),
      habits: Object.fromEntries(all.map((habit) => [habit, integer(row, columns[habit])])) as unknown as Habits,
    })),
};
