import { endEnrolments } from '../enrol/enrolment.ts';
import { forgetRemembered } from './remembered.ts';
import type { Sql } from './sql.ts';

/** Disables a user and ends the links by which he could register a second factor, or enables one again; the user is held. */
export async function setDisabled(sql: Sql, userId: string, disabled: boolean): Promise<void> {
  if (disabled) {
    await endEnrolments(sql, userId);
    await forgetRemembered(sql, userId);
  }
  await sql.run('UPDATE users SET disabled = ? WHERE id = ?', Number(disabled), userId);
}
