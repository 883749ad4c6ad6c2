import { chainName } from '../audit/chain.ts';
import type { NumberedRow } from '../audit/list-rows.ts';

/** A row of the audit on its way to a SIEM. */
export interface AuditEvent extends NumberedRow {
  readonly chain: number;
  readonly seq: number;
}

/** Names one event for ever: what was sent twice can be told by it. */
export function eventId({ chain, seq }: AuditEvent): string {
  return `${chainName(chain)}-${seq}`;
}

/** The user's device as the client tells it, by whichever attribute. */
export function deviceOfRow({ device, callingStationId }: NumberedRow): string | null {
  return device ?? callingStationId;
}

/** JSON whose text is ASCII: no character in a name can end a line, move a cursor or turn the direction of writing. */
export function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
