import { inspect } from 'node:util';
import { expect } from 'chai';
import { readTable } from '../../../src/config/read-table.ts';
import type { Row, Section } from '../../../src/config/row.ts';
import { schema } from '../../../src/config/schema.ts';

/** Every row with its section: [section, key, row, type where it depends on one]. */
const all = Object.entries<Section>(schema).flatMap(([section, { rows, variants }]) => [
  ...Object.entries(rows).map(([key, row]) => [section, key, row, undefined] as const),
  ...Object.entries(variants ?? {}).flatMap(([type, only]) =>
    Object.entries(only).map(([key, row]) => [section, key, row, type] as const),
  ),
]);

/** What is said of one key when it has this value and all others are left out. */
function errorsAt(section: string, key: string, type: string | undefined, value: unknown): string[] {
  const said: string[] = [];
  const table = { ...(type === undefined ? {} : { type }), [key]: value };
  readTable(section, table, [], {
    dir: '/',
    env: {},
    error: ([where], message) => where === key && said.push(message),
    warn: () => undefined,
  });
  return said;
}

describe('config: every row of the schema', () => {
  for (const [section, key, row, type] of all) {
    const { doc, type: values, default: usual, required, derived, example }: Row = row;
    it(`${section}.${key}${type === undefined ? '' : ` of type ${type}`}`, () => {
      expect(doc, 'one line that ends').to.match(/^[A-Z0-9"].*\.$/);
      expect(key).to.match(/^[a-z][a-z_]*$/);
      expect([usual, required, derived].filter((one) => one !== undefined).length, 'kinds of default').to.be.at.most(1);
      expect(usual ?? example, 'something for the example to show').not.to.equal(undefined);
      for (const value of [usual, example])
        if (value !== undefined && !values.secret) expect(errorsAt(section, key, type, value)).to.deep.equal([]);
      for (const value of [{}, [[]], new Date(0), Number.NaN, '\0', 1e300]) {
        const said = errorsAt(section, key, type, value);
        // A secret may hold any octets, and so may what people read.
        if (value === '\0' && (values.secret || values.notation.startsWith('text,'))) continue;
        expect(said, `errors for ${inspect(value)}`).to.have.length(1);
        expect(said[0])
          .to.contain(`"${key}" in [`)
          .and.to.match(/ must | has | lacks /);
      }
    });
  }

  it('keeps the names of variants and the choices of "type" the same', () => {
    for (const { rows, variants } of Object.values<Section>(schema))
      for (const name of Object.keys(variants ?? {}))
        expect(rows['type']?.type.schema.safeParse(name).success, name).to.equal(true);
  });
});
