import { expect } from 'chai';
import * as fc from 'fast-check';
import { typedName, typedPassword } from '../../../../src/primary/ldap/typed-text.ts';

describe('primary/ldap/typed-text: passwords', () => {
  it('none is sent that a server could take for no password (RFC 4513 §5.1.2)', () => {
    for (const octets of [Buffer.alloc(0), Buffer.of(0), Buffer.from('\0right'), Buffer.from('right\0')])
      for (const encoding of ['utf-8', 'latin1'] as const)
        expect(typedPassword(octets, encoding), octets.toString('hex')).to.have.property('why');
  });

  it('the octets of UTF-8 go out as they came, composed or not, blanks and all', () => {
    for (const text of [
      'gr\u00fc\u00dfe',
      'gru\u0308\u00dfe',
      '\u{1f511}',
      'a,b;c',
      ' a ',
      '\ufeffa',
      '\u00e4'.repeat(64),
      '\\00',
      '\u0001\n',
    ])
      expect(typedPassword(Buffer.from(text), 'utf-8')).to.deep.equal({ text });
  });

  it('what is no UTF-8 is refused and never changed on the way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 128 }), (bytes) => {
        const octets = Buffer.from(bytes);
        const typed = typedPassword(octets, 'utf-8');
        if ('text' in typed) expect(Buffer.from(typed.text)).to.deep.equal(octets);
        else expect(octets.includes(0) || !Buffer.from(octets.toString()).equals(octets)).to.equal(true);
      }),
    );
  });

  it('each octet of ISO-8859-1 is a character', () => {
    expect(typedPassword(Buffer.of(0x67, 0x72, 0xfc, 0xdf, 0x65), 'latin1')).to.deep.equal({ text: 'gr\u00fc\u00dfe' });
    expect(typedPassword(Buffer.of(0xfc), 'utf-8'))
      .to.have.property('why')
      .that.contains('password_encoding');
  });

  it('the reason for the log has nothing of the password in it', () => {
    const typed = typedPassword(Buffer.concat([Buffer.from('wonderland'), Buffer.of(0xff)]), 'utf-8');
    expect(JSON.stringify(typed)).not.to.contain('wonderland');
  });
});

describe('primary/ldap/typed-text: names', () => {
  for (const name of ['alice', 'a*b', 'alice)(uid=*', 'CORP\\alice', 'alice ', ' alice', 'bj\u00f6rn', '\uff41lice'])
    it(`${JSON.stringify(name)} is looked for as it was typed`, () => {
      expect(typedName(Buffer.from(name))).to.deep.equal({ text: name });
    });

  for (const name of [
    '',
    ' ',
    'alice\0',
    '\0',
    'ali\0ce',
    'ali\u200bce',
    'alice\u202e',
    'a\nb',
    'A\\B\\alice',
    'alice@x\\bob',
    'alice\\',
    '\ud800',
  ])
    it(`${JSON.stringify(name)} is nobody's, and no directory is asked`, () => {
      // A lone surrogate can't be written in UTF-8: here it stands for the octets that a careless device makes of it.
      const octets = name === '\ud800' ? Buffer.of(0xed, 0xa0, 0x80) : Buffer.from(name);
      expect(typedName(octets)).to.have.property('why');
    });
});
