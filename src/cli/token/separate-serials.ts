import { RowPacker, unpackRows } from '../../store/packed-rows.ts';
import type { TokenLine } from '../../store/place-tokens.ts';

/** A token of a file. */
export interface FileLine extends TokenLine {
  /** The Id of its key, if the file gives one: a device may have several keys (RFC 6030 §6.5, figure 10). */
  readonly keyId: string | null;
}

export interface Separated {
  /** FileLines, packed. */
  readonly rows: readonly Buffer[];
  readonly count: number;
  /** How many of them name a user. */
  readonly assigned: number;
  /** Lines of further keys of a device, which got a serial number of their own. */
  readonly renamed: readonly number[];
  /** Those whose serial number an earlier one has. */
  readonly repeated: readonly { readonly line: number; readonly serial: string; readonly earlier: number }[];
}

/** What another key of the same device goes by. */
export function serialOfKey(serial: string, keyId: string): string {
  return `${serial}#${keyId}`;
}

/**
 * Makes serial numbers unique within a file: further keys of a device go by SERIAL#ID; the same key twice, or the same serial number where keys
 * have no Id, is a mistake.
 * @param rows FileLines, packed @param recurs tells of serial numbers, and of those made of them, whether the file has them twice
 */
export function separateSerials(rows: readonly Buffer[], recurs: (serial: string) => boolean): Separated {
  const packer = new RowPacker();
  const seen = new Map<string, Pick<FileLine, 'line' | 'keyId'>>();
  const renamed: number[] = [];
  const repeated: Separated['repeated'][number][] = [];
  let assigned = 0;
  const keep = (row: FileLine): void => {
    packer.add(row);
    if (row.user !== null) assigned++;
  };
  for (const lines of unpackRows<FileLine>(rows, 1))
    for (const row of lines) {
      const { serial, keyId, line } = row;
      const first = serial === null ? undefined : seen.get(serial);
      const own = serial === null || keyId === null ? undefined : serialOfKey(serial, keyId);
      if (serial === null || !first) {
        if (serial !== null && recurs(serial)) seen.set(serial, { line, keyId });
        keep(row);
      } else if (own === undefined || keyId === first.keyId || seen.has(own)) {
        repeated.push({ line, serial, earlier: (own === undefined ? undefined : seen.get(own))?.line ?? first.line });
      } else {
        seen.set(own, { line, keyId });
        renamed.push(line);
        keep({ ...row, serial: own });
      }
    }
  return { rows: packer.pieces(), count: packer.count, assigned, renamed, repeated };
}
