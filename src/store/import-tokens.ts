import { auditChange, type Change } from '../audit/change.ts';
import { OperatorError } from '../errors.ts';
import { RowPacker, unpackRows } from './packed-rows.ts';
import { linesAtOnce, TokenPlacer, type LineProblem, type TokenLine, type TokenPlace } from './place-tokens.ts';
import type { SqlValue } from './sql.ts';
import type { Transaction, TransactionContext } from './store.ts';
import { tokenOwner } from './token-owner.ts';
import { UsersGivenTo } from './users-given-to.ts';

/** Looks what would hinder an import, and changes nothing. @param input TokenLines, packed @returns in the order of the file */
export const checkTokenRows: Transaction<readonly Buffer[], readonly LineProblem[]> = {
  name: 'check-token-rows',
  access: 'read',
  run: async (context, pieces) => {
    const placer = await TokenPlacer.for(context, pieces, undefined);
    const problems: LineProblem[] = [];
    for (const lines of unpackRows<TokenLine>(pieces, linesAtOnce))
      problems.push(...(await placer.place(lines)).filter(isProblem));
    return problems;
  },
};

export interface TokenImport {
  /** TokenLines, packed. */
  readonly rows: readonly Buffer[];
  readonly change: Change;
}

/**
 * Imports tokens: those that name a user are active at once, the others are nobody's.
 * @returns how many @throws OperatorError 'refused' if there is a problem with one: then none is imported
 */
export const importTokenRows: Transaction<TokenImport, number> = {
  name: 'import-token-rows',
  access: 'write',
  run: async (context, { rows, change }) => {
    const givenTo = context.sharedNow ? new UsersGivenTo() : undefined;
    const placer = await TokenPlacer.for(context, rows, givenTo);
    const placed = new RowPacker();
    for (const lines of unpackRows<TokenLine>(rows, linesAtOnce))
      for (const place of await placer.place(lines)) {
        if (isProblem(place)) throw new OperatorError('refused', `line ${place.line}: ${place.message}`);
        placed.add(place);
      }
    // All are placed before the first is written: PostgreSQL keeps the plan of a look-up that it made while the table was small.
    const places = unpackRows<TokenPlace>(placed.pieces(), linesAtOnce);
    for (const lines of unpackRows<TokenLine>(rows, linesAtOnce))
      await insert(context, lines, places.next().value ?? [], change.at);
    await givenTo?.hold(context);
    const { count } = placed;
    await auditChange(context, change, null, `${count} tokens`);
    return count;
  },
};

function isProblem(place: TokenPlace | LineProblem): place is LineProblem {
  return 'message' in place;
}

async function insert(
  { sql, seal }: TransactionContext,
  lines: readonly TokenLine[],
  places: readonly TokenPlace[],
  now: number,
): Promise<void> {
  const values = lines.flatMap((line, index): SqlValue[] => [
    line.id,
    places[index]?.userId ?? null,
    line.type,
    places[index]?.name ?? line.id,
    line.serial,
    line.manufacturer,
    line.model,
    seal.close(Buffer.from(line.key, 'base64'), tokenOwner(line.id)),
    line.algorithm,
    line.digits,
    line.period,
    'active',
    line.validFrom,
    line.validUntil,
    line.drift,
    line.counter,
    now,
  ]);
  const one = `(${Array.from({ length: values.length / lines.length }, () => '?').join(', ')})`;
  const written = await sql.run(
    `INSERT INTO tokens (id, user_id, type, name, serial, manufacturer, model, secret, algorithm, digits, period, state,
       valid_from, valid_until, drift, counter, created_at) VALUES ${lines.map(() => one).join(', ')} ON CONFLICT DO NOTHING`,
    ...values,
  );
  // Those that would not go with what there is were found before: this came since.
  if (written < lines.length)
    throw new OperatorError('refused', 'somebody was faster: one of the serial numbers or names was given meanwhile');
}
