import type { SqlValue } from '../store/sql.ts';

type Values = Readonly<Record<string, SqlValue | readonly string[] | undefined>>;

/** What a change turned into what, as JSON. */
export interface Difference {
  readonly changedFrom: string;
  readonly changedTo: string;
}

/**
 * Of two states of something, what differs. Never give it a secret: say that one was changed by a word.
 * @param to what was asked for; undefined where nothing was
 * @returns undefined if nothing differs
 */
export function differenceOf(from: Values, to: Values): Difference | undefined {
  const changed = Object.entries(to).filter(
    ([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(from[name]),
  );
  if (changed.length === 0) return undefined;
  const before = changed.map(([name]) => [name, from[name] ?? null]);
  return {
    changedFrom: JSON.stringify(Object.fromEntries(before)),
    changedTo: JSON.stringify(Object.fromEntries(changed)),
  };
}
