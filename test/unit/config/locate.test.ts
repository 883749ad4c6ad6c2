import { expect } from 'chai';
import * as fc from 'fast-check';
import { parse } from 'smol-toml';
import { type Locate, locate } from '../../../src/config/locate.ts';

describe('config: locate', () => {
  const document = String.raw`# comment with [a] = "quotes
top = 1
[listen] # ] "
auth = [ # first
  "127.0.0.1:1812", # ]
  "]#", '''
x]''',

  [ 1,
    2 ],
]
[[client]]
name = "a \" ] # ="
net.deep . "quo ted" = { x = 1, y.z = [ { q = 1979-05-27 07:32:00 }, 2 ] }
"na.me" = """
[not a header]
k = 1 \"""
""""
after = 1
[client.sub]
k = +1_000
[[client.list]]
k = 1
[[client.list]]
k = 2
[[ client ]]
'liter"al' = 07:32:00
[client.sub]
k = 2
["\u0061.b".'c']
d = -inf
`;
  let at: Locate;

  before(() => {
    // What the locator is given has passed smol-toml.
    parse(document);
    at = locate(document);
  });

  for (const [path, line] of [
    [['top'], 2],
    [['listen'], 3],
    [['listen', 'auth'], 4],
    [['listen', 'auth', 0], 5],
    [['listen', 'auth', 1], 6],
    [['listen', 'auth', 2], 6],
    [['listen', 'auth', 3], 9],
    [['listen', 'auth', 3, 0], 9],
    [['listen', 'auth', 3, 1], 10],
    [['client'], 12],
    [['client', 0], 12],
    [['client', 0, 'name'], 13],
    [['client', 0, 'net', 'deep', 'quo ted', 'x'], 14],
    [['client', 0, 'net', 'deep', 'quo ted', 'y', 'z', 0, 'q'], 14],
    [['client', 0, 'na.me'], 15],
    [['client', 0, 'after'], 19],
    [['client', 0, 'sub'], 20],
    [['client', 0, 'sub', 'k'], 21],
    [['client', 0, 'list', 0, 'k'], 23],
    [['client', 0, 'list', 1], 24],
    [['client', 0, 'list', 1, 'k'], 25],
    [['client', 1], 26],
    [['client', 1, 'liter"al'], 27],
    [['client', 1, 'sub', 'k'], 29],
    [['a.b', 'c', 'd'], 31],
    // What isn't there: the nearest around it.
    [['client', 1, 'name'], 26],
    [['listen', 'auth', 7], 4],
    [['nowhere', 'at', 'all'], 1],
    [[], 1],
  ] as const)
    it(`${path.join('.') || 'the document'} is in line ${line}`, () => {
      expect(at(path)).to.equal(line);
    });

  it('counts CR LF as one end of line, and passes over a byte order mark', () => {
    const text = '\uFEFF[a]\r\nb = """\r\n\r\n"""\r\nc = 1\r\n';
    parse(text);
    expect(locate(text)(['a', 'c'])).to.equal(5);
    expect(locate(text)(['a'])).to.equal(1);
  });

  it('agrees with smol-toml on any document about which value is where', () => {
    let leaves = 0;
    fc.assert(
      fc.property(documents, (statements) => {
        const text = render(statements);
        const lineOf = locate(text);
        for (const [path, value] of leavesOf(parse(text), [])) {
          const [mark] = /[vm]\d+;/.exec(value) ?? [];
          if (mark === undefined) continue;
          leaves++;
          const line = text.slice(0, text.indexOf(mark)).split('\n').length - (mark.startsWith('m') ? 1 : 0);
          expect(lineOf(path), `${path.join('.')} of\n${text}`).to.equal(line);
        }
      }),
      { numRuns: 500 },
    );
    expect(leaves).to.be.greaterThan(2_000);
  });
});

/** Every string in the document holds a mark of its own, `v1;`, or `m1;` if it is in the line after its key or comma. */
type Value = string | { readonly array: readonly Value[]; readonly gap: string } | { readonly table: readonly Pair[] };
interface Pair {
  readonly keys: readonly string[];
  readonly value: Value;
}
type Statement = { readonly header: string } | Pair | { readonly filler: string };

const keys = fc.array(
  fc.constantFrom('a', 'b', 'c-1', '"a b"', "'x.y'", String.raw`"\u0061"`, '"]"', '"#="', `'"'`, '"__proto__"', '""'),
  { minLength: 1, maxLength: 3 },
);
const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      '"v?;"',
      String.raw`"\\v?; ]}#,=\""`,
      `'v?;\\'`,
      '""" v?; "" ]\n# no comment\n[no.header]\n"""',
      String.raw`"""` + '\nm?;\\\n  [x]\\""" """""',
      `'''\nm?;''\n\\'''`,
      `'''v?;'''''`,
      '1979-05-27 07:32:00Z',
      '07:32:00',
      '-1.5e3',
      'true',
      '""',
      '""""""',
    ),
    fc.record({
      array: fc.array(tie('value'), { maxLength: 4 }),
      gap: fc.constantFrom('', ' ', '\n', ' # ], "\n\t', '\r\n\n'),
    }),
    fc.record({ table: fc.array(fc.record({ keys, value: tie('value') }), { maxLength: 3 }) }),
  ),
}));
const documents = fc.array(
  fc.oneof(
    { arbitrary: fc.record({ keys, value: values }), weight: 4 },
    { arbitrary: keys.map((names) => ({ header: `[${names.join('.')}]` })), weight: 1 },
    { arbitrary: keys.map((names) => ({ header: `[[ ${names.join(' . ')} ]]` })), weight: 2 },
    { arbitrary: fc.constantFrom('', '# [a] = "', '\t').map((filler) => ({ filler })), weight: 1 },
  ),
  { minLength: 5, maxLength: 25 },
);

/** The statements one by one, without those that TOML doesn't allow after the ones before. */
function render(statements: readonly Statement[]): string {
  let marks = 0;
  const textOf = (value: Value): string => {
    if (typeof value === 'string') return value.replace('?', () => String(++marks));
    if ('table' in value)
      return `{ ${value.table.map((pair) => `${pair.keys.join(' .')}= ${textOf(pair.value)}`).join(' , ')} }`;
    return `[${value.gap}${value.array.map((item) => `${textOf(item)}${value.gap},${value.gap}`).join('')}]`;
  };
  let text = '';
  for (const statement of statements) {
    const line =
      'header' in statement
        ? statement.header
        : 'filler' in statement
          ? statement.filler
          : `${statement.keys.join('.')} = ${textOf(statement.value)}`;
    const longer = `${text}${line}\n`;
    if (isToml(longer)) text = longer;
  }
  return text;
}

function isToml(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function* leavesOf(
  value: unknown,
  path: readonly (string | number)[],
): Generator<[readonly (string | number)[], string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* leavesOf(item, [...path, i]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* leavesOf(item, [...path, key]);
}
