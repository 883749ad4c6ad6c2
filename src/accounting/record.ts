import type { Transaction } from '../store/store.ts';
import type { SessionReport } from './session.ts';

export interface RecordInput {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly client: string;
  readonly clientAddress: string;
  readonly session: SessionReport;
}

/** A copy of a report comes within this time, in milliseconds; later the same words are news: a device may be switched on twice. */
const copiesWithin = 600_000;

/** Keeps a report, once: what a device repeats because our answer was lost is kept already. */
export const recordSession: Transaction<RecordInput, null> = {
  name: 'record-session',
  access: 'write',
  run: async ({ sql, sharedNow }, { at, client, clientAddress, session }) => {
    // Copies that come at once take turns, or none would see the other.
    if (sharedNow) await sql.get('SELECT pg_advisory_xact_lock(?)', session.digest.readUIntBE(0, 6));
    const since = at - copiesWithin;
    const before = await sql.get(
      'SELECT id FROM accounting WHERE digest = ? AND client = ? AND at > ? LIMIT 1',
      session.digest,
      client,
      since,
    );
    if (before) return null;
    await sql.run(
      `INSERT INTO accounting (at, client, client_address, status, user_name, session_id, session_time, input_octets,
         output_octets, framed_address, calling_station_id, terminate_cause, event_at, digest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      at,
      client,
      clientAddress,
      session.status,
      session.userName,
      session.sessionId,
      session.sessionTime,
      session.inputOctets,
      session.outputOctets,
      session.framedAddress,
      session.callingStationId,
      session.terminateCause,
      session.eventAt,
      session.digest,
    );
    return null;
  },
};

/** Rows that one transaction removes, at most: logins wait for it. */
export const purgedAtOnce = 1_000;

/** Removes the oldest reports. @param before milliseconds since 1970 UTC @returns how many; `purgedAtOnce` if there may be more */
export const purgeSessions: Transaction<number, number> = {
  name: 'purge-sessions',
  access: 'write',
  run: ({ sql }, before) =>
    sql.run(
      'DELETE FROM accounting WHERE id IN (SELECT id FROM accounting WHERE at < ? ORDER BY at LIMIT ?)',
      before,
      purgedAtOnce,
    ),
};
