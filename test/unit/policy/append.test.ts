import { expect } from 'chai';
import * as fc from 'fast-check';
import { english } from '../../../src/deliver/texts-en.ts';
import {
  exampleOf,
  possiblePasswords,
  splitAppended,
  type AppendRules,
  type CodeForms,
  type TailForms,
} from '../../../src/policy/append.ts';

const { words } = english;
const codes: CodeForms = { lengths: [6, 8], pin: false, recovery: true };
const forms: TailForms = { codes, ways: ['app', 'approval', 'sms'], words };
const last: AppendRules = { order: 'code-last', delimiter: Buffer.from(','), length: undefined };
const first: AppendRules = { ...last, order: 'code-first' };
const six: AppendRules = { ...last, length: 6 };
const sixFirst: AppendRules = { ...first, length: 6 };

/** As a table can have it: "password | tail", or undefined where all is the password. */
function parted(typed: string, rules: AppendRules, own: TailForms = forms): string | undefined {
  const found = splitAppended(Buffer.from(typed), rules, own);
  if (!found) return undefined;
  const { password, tail } = found;
  const told = tail === undefined ? 'nothing' : tail.kind === 'way' ? `by ${tail.way}` : tail.octets.toString();
  return `${password.toString()} | ${told}`;
}

const b64 = (text: string): string => Buffer.from(text).toString('base64');

describe('policy/append: a code or a word beside the password', () => {
  for (const [typed, expected] of [
    ['hunter2,123456', 'hunter2 | 123456'],
    ['hunter2,12345678', 'hunter2 | 12345678'],
    ['hunter2,123 456', 'hunter2 | 123 456'],
    ['hunter2,ABCDE-FGH23', 'hunter2 | ABCDE-FGH23'],
    ['hunter2,abcde-fgh23', 'hunter2 | abcde-fgh23'],
    ['hunter2,SMS', 'hunter2 | by sms'],
    ['hunter2,push', 'hunter2 | by approval'],
    ['hunter2,app', 'hunter2 | by app'],
    ['pa,ss,123456', 'pa,ss | 123456'],
    ['pa,123456,654321', 'pa,123456 | 654321'],
    ['pa,sms,app', 'pa,sms | by app'],
    [',,123456', ', | 123456'],
    ['correct horse, 123456', 'correct horse |  123456'],
    ['hunter2', undefined],
    ['hunter2,', undefined],
    ['hunter2,12345', undefined],
    ['hunter2,1234567', undefined],
    ['hunter2,1', undefined],
    ['hunter2,resend', undefined],
    ['hunter2,mail', undefined],
    ['my,passphrase', undefined],
    ['pa,constructor', undefined],
    ['123456', undefined],
    [',123456', undefined],
    [',sms', undefined],
    [',', undefined],
    ['', undefined],
    ['hunter2,１２３４５６', undefined],
    ['hunter2;123456', undefined],
  ] as const)
    it(`"${typed}" with the code last is ${expected ?? 'a password'}`, () => {
      expect(parted(typed, last)).to.equal(expected);
    });

  for (const [typed, expected] of [
    ['123456,hunter2', 'hunter2 | 123456'],
    ['push,hunter2', 'hunter2 | by approval'],
    ['123456,pa,ss', 'pa,ss | 123456'],
    ['123456,pa,654321', 'pa,654321 | 123456'],
    ['hunter2,123456', undefined],
    ['123456,', undefined],
  ] as const)
    it(`"${typed}" with the code first is ${expected ?? 'a password'}`, () => {
      expect(parted(typed, first)).to.equal(expected);
    });

  for (const [typed, rules, expected] of [
    ['hunter2123456', six, 'hunter2 | 123456'],
    ['pass,123456', six, 'pass, | 123456'],
    ['hunter212345', six, 'hunter | 212345'],
    ['hunter1234x', six, undefined],
    ['hunter2,push', six, 'hunter2 | by approval'],
    ['hunter2,ABCDE-FGH23', six, 'hunter2 | ABCDE-FGH23'],
    ['123456', six, undefined],
    ['123456hunter2', sixFirst, 'hunter2 | 123456'],
    ['123456,hunter2', sixFirst, ',hunter2 | 123456'],
    ['sms,hunter2', sixFirst, 'hunter2 | by sms'],
  ] as const)
    it(`"${typed}" with six digits ${rules.order} is ${expected ?? 'a password'}`, () => {
      expect(parted(typed, rules)).to.equal(expected);
    });

  it('takes a PIN before the code from who has one alone', () => {
    const withPin = { ...forms, codes: { ...codes, pin: true } };
    expect(parted('hunter2,s3cret123456', last, withPin)).to.equal('hunter2 | s3cret123456');
    expect(parted('hunter2,pin123456', last, withPin), 'four characters at least').to.equal(undefined);
    expect(parted('hunter2,s3cret123456', last)).to.equal(undefined);
  });

  it('takes nothing for a code from who has none', () => {
    const nobody = { ...forms, codes: { lengths: [], pin: true, recovery: false } };
    for (const rules of [last, six])
      for (const typed of ['hunter2,123456', 'hunter2123456', 'hunter2,ABCDE-FGH23'])
        expect(parted(typed, rules, nobody), typed).to.equal(undefined);
  });

  it("reads OpenVPN's SCRV1, whatever the password has in it", () => {
    const typed = (password: string, response: string): string => `SCRV1:${b64(password)}:${b64(response)}`;
    expect(parted(typed('pa,ss:wörd', '123456'), last)).to.equal('pa,ss:wörd | 123456');
    expect(parted(typed('pa,123456', 'sms'), first)).to.equal('pa,123456 | by sms');
    expect(parted(typed('hunter2', 'anything'), six), 'it is for the factor to judge').to.equal('hunter2 | anything');
    expect(parted(typed('hunter2', ''), last)).to.equal('hunter2 | nothing');
    for (const other of [
      typed('', '123456'),
      'SCRV1:',
      'SCRV1:aGk=',
      'SCRV1:aGk=:MQ==:x',
      'SCRV1:aGk:MQ==',
      'SCRV1:aGl=:MQ==',
      'scrv1:aGk=:MQ==',
      'SCRV1:a Gk=:MQ==',
    ])
      expect(parted(other, last), other).to.equal(undefined);
  });

  it('shows how the two are typed together', () => {
    expect([last, first, six, sixFirst].map(exampleOf)).to.deep.equal([
      'password,123456',
      '123456,password',
      'password123456',
      '123456password',
    ]);
  });
});

describe('policy/append: properties', () => {
  const anyRules: fc.Arbitrary<AppendRules> = fc.record({
    order: fc.constantFrom('code-last', 'code-first'),
    delimiter: fc.constantFrom(',', '::', '|', '%%').map((text) => Buffer.from(text)),
    length: fc.constantFrom(undefined, undefined, 6, 7, 8),
  });
  const password = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((octets) => Buffer.from(octets)),
    fc
      .string({ minLength: 1, unit: fc.constantFrom(',', ':', '1', '6', 'a', '|', 'é') })
      .map((text) => Buffer.from(text)),
  );
  const tail = fc.constantFrom('123456', '00000000', '123 456', 'ABCDE-FGH23', 'sms', 'Push', 'app', 'xyz', '');

  it('no octet is lost and none invented', () => {
    let count = 0;
    fc.assert(
      fc.property(password, tail, anyRules, fc.boolean(), (own, beside, rules, joined) => {
        const { order, delimiter, length } = rules;
        const between = joined ? Buffer.alloc(0) : delimiter;
        const parts = [own, between, Buffer.from(beside)];
        const typed = Buffer.concat(order === 'code-last' ? parts : parts.toReversed());
        const before = Buffer.from(typed);
        const found = splitAppended(typed, rules, forms);
        expect(typed.equals(before), 'what was typed is left alone').to.equal(true);
        if (!found) return;
        count++;
        const left = typed.length - found.password.length;
        const isLast = order === 'code-last';
        const there = isLast ? typed.subarray(0, -left) : typed.subarray(left);
        expect(there.equals(found.password), 'the password is a whole end of it').to.equal(true);
        const rest = isLast ? typed.subarray(-left) : typed.subarray(0, left);
        if (found.tail?.kind !== 'code') return;
        const { octets } = found.tail;
        const withDelimiter = Buffer.concat(isLast ? [delimiter, octets] : [octets, delimiter]);
        expect(rest.equals(withDelimiter) || (length === octets.length && rest.equals(octets))).to.equal(true);
      }),
      { numRuns: 5_000 },
    );
    expect(count, 'parted among the runs').to.be.above(500);
  });

  it('whatever the password is, what is typed with it comes apart again', () => {
    fc.assert(
      fc.property(password, fc.constantFrom('123456', '00000000', 'ABCDE-FGH23'), anyRules, (own, code, rules) => {
        // Before a delimiter of two like signs the password can't end with one of them: which belongs to whom is anyone's guess.
        fc.pre(rules.order === 'code-last' || !rules.delimiter.subarray(1).includes(own[0] ?? 0));
        fc.pre(rules.length === undefined || !/^[0-9]+$/.test(code) || code.length === rules.length);
        const between =
          rules.length !== undefined && /^[0-9]+$/.test(code) && code.length === rules.length ? '' : rules.delimiter;
        // A static challenge of OpenVPN's is read as one.
        const parts = [own, Buffer.from(between), Buffer.from(code)];
        const typed = Buffer.concat(rules.order === 'code-last' ? parts : parts.toReversed());
        const lengths = [6, 7, 8];
        const found = splitAppended(typed, rules, { ...forms, codes: { ...codes, lengths } });
        expect(found?.password.toString('hex')).to.equal(own.toString('hex'));
        expect(found?.tail).to.deep.equal({ kind: 'code', octets: Buffer.from(code) });
      }),
      { numRuns: 3_000 },
    );
  });

  for (const [typed, rules] of [
    ['own', undefined],
    ['own', last],
    ['own,', last],
    ['own,12', last],
    ['no,code,at all,own', { ...first, delimiter: Buffer.from('all,') }],
    [',own', first],
    ['own12345x', six],
    ['12345xown', sixFirst],
    ['own,12', six],
    [`SCRV1:${b64('own')}:`, last],
    [`SCRV1:${b64('own')}:${b64('1234')}`, sixFirst],
  ] as const)
    it(`${typed}: the password may be "own", whatever is beside it`, () => {
      expect(possiblePasswords(Buffer.from(typed), rules).map(String)).to.include('own');
    });

  it('where nothing stands beside a password, all is the password', () => {
    expect(possiblePasswords(Buffer.from('own,123456'), undefined).map(String)).to.deep.equal(['own,123456']);
  });

  it('a password that is parted is one of those that are possible', () => {
    fc.assert(
      fc.property(password, fc.constantFrom('123456', ',123456', ',sms', ':', ''), anyRules, (own, tail, rules) => {
        const typed = Buffer.concat([own, Buffer.from(tail), own]);
        const found = splitAppended(typed, rules, forms)?.password ?? typed;
        expect(possiblePasswords(typed, rules).some((one) => one.equals(found))).to.equal(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a password in any encoding comes out of SCRV1 as it went in', () => {
    fc.assert(
      fc.property(password, fc.uint8Array({ minLength: 1, maxLength: 20 }), anyRules, (own, response, rules) => {
        const typed = `SCRV1:${own.toString('base64')}:${Buffer.from(response).toString('base64')}`;
        const found = splitAppended(Buffer.from(typed), rules, { ...forms, ways: [] });
        expect(found).to.deep.equal({ password: own, tail: { kind: 'code', octets: Buffer.from(response) } });
      }),
      { numRuns: 1_000 },
    );
  });
});
