import { RowPacker } from '../../src/store/packed-rows.ts';

/** Rows as an import takes them. */
export function packed(rows: readonly object[]): readonly Buffer[] {
  const packer = new RowPacker();
  for (const row of rows) packer.add(row);
  return packer.pieces();
}
