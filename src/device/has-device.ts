import type { Sql } from '../store/sql.ts';

/** Whether a user has a phone to decide on. */
export async function hasDevice(sql: Sql, userId: string): Promise<boolean> {
  return (await sql.get('SELECT 1 FROM devices WHERE user_id = ? LIMIT 1', userId)) !== undefined;
}
