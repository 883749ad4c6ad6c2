import type { Place } from './token-row.ts';

/** One user, as an import file describes them. */
export interface UserRow {
  readonly place: Place;
  readonly name: string;
  /** Other names by which the user logs in, without repetitions. */
  readonly aliases: readonly string[];
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  /** E.164: a plus and 7 to 15 digits. */
  readonly phone: string | null;
  readonly groups: readonly string[];
}
