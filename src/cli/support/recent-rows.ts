import { listRows, type NumberedRow } from '../../audit/list-rows.ts';
import { reasonName } from '../../audit/reason-name.ts';
import { foldUserName } from '../../policy/user-name.ts';
import { knownNames } from '../../store/known-names.ts';
import type { Store } from '../../store/store.ts';
import { isoTime } from '../terminal/format-time.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** How many rows of the audit are told, at most. */
const mostRows = 200;

const anyRow = { subject: null, client: null, since: null, until: null, result: null, reason: null, method: null };

/**
 * The last rows of the audit, the newest first. First and last name, phone and e-mail are left out, and what a change was from and to. A typed name that no
 * user has is left out too: it may be a password in the wrong field. @param pseudonyms undefined to show the names
 */
export async function recentRows(store: Store, pseudonyms: Pseudonyms | undefined): Promise<object[]> {
  const rows = await store.run(listRows, { ...anyRow, changes: true, after: null, limit: mostRows });
  const bare = rows.flatMap(({ userName }) => foldUserName(userName)?.bare ?? []);
  const known = new Set(await store.run(knownNames, [...new Set(bare)]));
  const person = (kind: string, name: string | null | undefined): string | null => {
    if (name === null || name === undefined) return null;
    return pseudonyms && name !== '-' ? pseudonyms.of(kind, name) : name;
  };
  const typed = ({ userId, userName, result }: NumberedRow): string | null => {
    const isKnown = userId !== null || result === 'change' || known.has(foldUserName(userName)?.bare ?? '');
    return isKnown ? person('user', userName) : `[unknown, ${userName.length} characters]`;
  };
  return rows.map((row) => ({
    time: isoTime(row.at),
    login: row.loginId,
    user_id: row.userId,
    account: person('user', row.account),
    typed: typed(row),
    client: row.client,
    client_address: row.clientAddress,
    calling_station_id: person('device', row.callingStationId),
    device: person('device', row.device),
    primary: row.primary,
    protocol: row.protocol,
    application: row.application,
    server_address: row.serverAddress,
    method: row.method,
    result: row.result,
    reason: reasonOf(row),
    rule: row.rule,
    actor: person('administrator', row.actor),
    changed: keysOf(row.changedTo),
    ms: row.latency,
    spent_ms: row.spentMs,
    node: row.node,
  }));
}

/** What stands behind the name of a change may be a number or an address; not so of the service's start, reload and stop. */
function reasonOf({ result, reason }: NumberedRow): string {
  return result !== 'change' || reason.startsWith('service-') ? reason : reasonName(reason);
}

function keysOf(json: string | null | undefined): string[] | null {
  return typeof json === 'string' ? Object.keys(JSON.parse(json) as object) : null;
}
