import { expect } from 'chai';
import { parse } from 'smol-toml';
import { tomlReason } from '../../../src/config/toml-reason.ts';

/** One slip for each thing that smol-toml can say, and a word of what is said instead. */
const slips: readonly (readonly [string, string])[] = [
  ['a = 007', 'not a number'],
  ['a = 1__0', 'not a number'],
  ['a = 0x', 'not a number'],
  ['a = 1979-13-40', 'not a date'],
  ['a = 2000-01-01Tx', 'not a date'],
  ['a =', 'value is missing'],
  ['a = 99999999999999999999', 'too large'],
  ['[a]\n[a]', 'given before'],
  ['a = "x\n"', 'closing quote'],
  ["a = 'x", 'closing quote'],
  ['# \u0001', 'comment'],
  ['a = "\\q"', 'backslash'],
  ['a = "\\u12"', 'backslash'],
  ['a = """\\ x"""', 'backslash'],
  ['a = 1 b = 2', 'line of its own'],
  ['a = ["x" "y"]', 'bracket'],
  ['a = {b = 1', 'bracket'],
  ['[[a]\n', ']]'],
  ['a', '"="'],
  ['a b = 1', 'in a name'],
  ['= 1', 'name is missing'],
  ['a. = 1', 'name is missing'],
  ['"""a""" = 1', 'cannot be a name'],
];

function saidOf(toml: string): string {
  try {
    parse(toml);
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? '';
  }
  throw new Error(`smol-toml takes ${toml}`);
}

describe('config/toml-reason', () => {
  for (const [toml, word] of slips)
    it(`${JSON.stringify(toml)}: ${word}`, () => {
      const said = saidOf(toml);
      expect(tomlReason(said)).to.contain(word);
      expect(said).to.not.contain(tomlReason(said));
    });

  it('says as it stands what it has no words for', () => {
    expect(tomlReason('Invalid TOML document: something new')).to.equal('something new');
  });
});
