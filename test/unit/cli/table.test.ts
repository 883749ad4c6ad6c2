import { expect } from 'chai';
import { displayWidth } from '../../../src/cli/terminal/display-width.ts';
import { table } from '../../../src/cli/terminal/table.ts';
import { wrap } from '../../../src/cli/terminal/wrap.ts';

describe('cli/table', () => {
  const rows = [
    ['alice', 'enabled'],
    ['a-very-long-name-that-somebody-has', 'locked'],
  ];

  it('aligns its columns and leaves no blanks at the ends of lines', () => {
    expect(table(['name', 'state'], rows, { width: Infinity, cut: [0] })).to.deep.equal([
      'NAME                                STATE',
      'alice                               enabled',
      'a-very-long-name-that-somebody-has  locked',
    ]);
  });

  it('cuts what may be cut to fit the terminal', () => {
    const lines = table(['name', 'state'], rows, { width: 24, cut: [0] });
    expect(lines).to.deep.equal(['NAME             STATE', 'alice            enabled', 'a-very-long-na…  locked']);
  });

  it('cuts the widest of several, and nothing that may not be cut', () => {
    const wide = [['x'.repeat(30), 'y'.repeat(20), 'z'.repeat(10)]];
    const [, line = ''] = table(['a', 'b', 'c'], wide, { width: 50, cut: [0, 1] });
    expect(line).to.equal(`${'x'.repeat(17)}…  ${'y'.repeat(17)}…  ${'z'.repeat(10)}`);
    expect(table(['a', 'b', 'c'], wide, { width: 10, cut: [] })[1]).to.have.length(64);
  });

  it('counts the columns of wide and combining characters', () => {
    expect([
      displayWidth('abc'),
      displayWidth('アリス'),
      displayWidth('björn'),
      displayWidth('bjo\u0308rn'),
    ]).to.deep.equal([3, 6, 5, 5]);
    const lines = table(
      ['name', 'x'],
      [
        ['アリスアリス', '1'],
        ['alice', '2'],
      ],
      { width: 14, cut: [0] },
    );
    expect(lines.map(displayWidth)).to.deep.equal([14, 14, 14]);
  });
});

describe('cli/wrap', () => {
  it('breaks between words, and leaves a long word whole', () => {
    expect(wrap('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrap('/a/long/path is here', 6)).to.deep.equal(['/a/long/path', 'is', 'here']);
    expect(wrap('all of it', Infinity)).to.deep.equal(['all of it']);
  });
});
