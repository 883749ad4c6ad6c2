import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  canonicalDn,
  escapeDnValue,
  fillDnTemplate,
  isWithin,
  parseDn,
  shortNameOf,
} from '../../src/distinguished-name.ts';

describe('distinguished-name: what is one', () => {
  // RFC 4514 §4.
  for (const [text, name] of [
    ['UID=jsmith,DC=example,DC=net', [[['uid', 'jsmith']], [['dc', 'example']], [['dc', 'net']]]],
    [
      'OU=Sales+CN=J.  Smith,DC=net',
      [
        [
          ['ou', 'Sales'],
          ['cn', 'J.  Smith'],
        ],
        [['dc', 'net']],
      ],
    ],
    ['CN=James \\"Jim\\" Smith\\, III,DC=net', [[['cn', 'James "Jim" Smith, III']], [['dc', 'net']]]],
    ['CN=Before\\0dAfter,DC=net', [[['cn', 'Before\rAfter']], [['dc', 'net']]]],
    ['CN=Lu\\C4\\8Di\\C4\\87', [[['cn', 'Lu\u010di\u0107']]]],
    ['1.3.6.1.4.1.1466.0=x', [[['1.3.6.1.4.1.1466.0', 'x']]]],
    ['cn = a , dc = b ', [[['cn', 'a']], [['dc', 'b']]]],
    ['cn=a\\ ,dc=b', [[['cn', 'a ']], [['dc', 'b']]]],
    ['cn=', [[['cn', '']]]],
    ['cn=a=b', [[['cn', 'a=b']]]],
    ['cn=\u{1f511}', [[['cn', '\u{1f511}']]]],
  ] as const)
    it(JSON.stringify(text), () => {
      expect(
        parseDn(text)?.map((relative) => relative.map(({ attribute, value }) => [attribute, value])),
      ).to.deep.equal(name);
    });

  for (const text of [
    '',
    'alice',
    '=a',
    'cn',
    'cn=a,',
    'cn=a,b',
    'cn=a+',
    'cn=a\\',
    'cn=a\\x',
    'cn="a"',
    'cn=a<b',
    'cn=a\0',
    '1.=a',
    '-a=b',
  ])
    it(`${JSON.stringify(text)} is none`, () => {
      expect(parseDn(text)).to.equal(undefined);
    });
});

describe('distinguished-name: a value in its place', () => {
  for (const [value, escaped] of [
    ['alice', 'alice'],
    ['a,ou=admins', 'a\\,ou\\=admins'],
    ['a+uid=b', 'a\\+uid\\=b'],
    ['"a"', '\\"a\\"'],
    [' a', '\\ a'],
    ['#a', '\\#a'],
    ['a#', 'a#'],
    ['a ', 'a\\ '],
    [' ', '\\ '],
    ['  ', '\\ \\ '],
    ['a\\', 'a\\\\'],
    ['a\\ ', 'a\\\\\\ '],
    ['a\0b', 'a\\00b'],
    ['\n', '\\0a'],
    ['\t a', '\\09 a'],
    ['\u0085a', '\\c2\\85a'],
    ['\u00a0a\u3000', '\u00a0a\u3000'],
  ] as const)
    it(`${JSON.stringify(value)} is written ${escaped}`, () => {
      expect(escapeDnValue(value)).to.equal(escaped);
    });

  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom(
        ' ',
        '\\',
        ',',
        '+',
        '"',
        '#',
        '=',
        '<',
        ';',
        '\0',
        'a',
        '\u00e4',
        '\n',
        '\t',
        '\u0085',
        '\u00a0',
        '\u3000',
      ),
    }),
  );

  it('whatever it is, it is read again as the one value that it was', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(parseDn(`uid=${escapeDnValue(value)},dc=b`)).to.deep.equal([
          [{ attribute: 'uid', value }],
          [{ attribute: 'dc', value: 'b' }],
        ]);
      }),
    );
  });

  it('nobody gets out of the branch that a template names', () => {
    fc.assert(
      fc.property(text, (user) => {
        const dn = fillDnTemplate('uid={user},ou=people,dc=b', user);
        expect(isWithin(dn, 'ou=people,dc=b')).to.equal(true);
        expect(parseDn(dn)).to.have.length(3);
      }),
    );
  });

  it('what a replacement means by "$&" is characters in a name', () => {
    expect(fillDnTemplate('uid={user},dc=b', "$&$'$1")).to.equal("uid=$&$'$1,dc=b");
  });
});

describe('distinguished-name: the same name', () => {
  for (const [one, other] of [
    ['CN=VPN,DC=Corp', 'cn=vpn,dc=corp'],
    ['cn=vpn, dc=corp', 'cn=vpn,dc=corp'],
    ['cn=a\\2cb,dc=corp', 'cn=a\\,b,dc=corp'],
    ['cn=a+ou=b,dc=corp', 'ou=b+cn=a,dc=corp'],
    ['cn=bjo\u0308rn', 'cn=bj\u00f6rn'],
  ] as const)
    it(`${one} is ${other}`, () => {
      expect(canonicalDn(one)).to.equal(canonicalDn(other)).and.not.equal(undefined);
    });

  for (const [one, other] of [
    ['cn=a,dc=b', 'cn=a\\,dc\\=b'],
    ['cn=a+ou=b', 'cn=a,ou=b'],
    ['cn=a', 'ou=a'],
    ['cn=bj\u00f6rn', 'cn=bjorn'],
  ] as const)
    it(`${one} is not ${other}`, () => {
      expect(canonicalDn(one)).not.to.equal(canonicalDn(other));
    });

  it('what is no name is not the same as anything', () => {
    expect(canonicalDn('vpn')).to.equal(undefined);
  });

  it('people call an entry by its first value', () => {
    expect(['CN=VPN users\\, all,DC=corp', 'vpn'].map(shortNameOf)).to.deep.equal(['VPN users, all', 'vpn']);
  });
});

describe('distinguished-name: where an entry is', () => {
  for (const [dn, base, expected] of [
    ['cn=vpn,ou=groups,dc=corp', 'ou=groups,dc=corp', true],
    ['CN=vpn,OU=Groups, DC=Corp', 'ou=groups,dc=corp', true],
    ['ou=groups,dc=corp', 'ou=groups,dc=corp', true],
    ['dc=corp', 'ou=groups,dc=corp', false],
    ['cn=vpn,ou=roles,dc=corp', 'ou=groups,dc=corp', false],
    ['cn=vpn\\,ou\\=groups,dc=corp', 'ou=groups,dc=corp', false],
    ['cn=vpn,xou=groups,dc=corp', 'ou=groups,dc=corp', false],
    ['cn=vpn,ou=groups,dc=corp,dc=other', 'ou=groups,dc=corp', false],
    ['vpn', 'dc=corp', false],
    ['cn=vpn,dc=corp', '', false],
  ] as const)
    it(`${dn} is ${expected ? '' : 'not '}within ${JSON.stringify(base)}`, () => {
      expect(isWithin(dn, base)).to.equal(expected);
    });
});
