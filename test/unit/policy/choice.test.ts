import { expect } from 'chai';
import { english } from '../../../src/deliver/texts-en.ts';
import { french } from '../../../src/deliver/texts-fr.ts';
import { defaultWay, parseChoice, type Way } from '../../../src/policy/choice.ts';

const available: readonly Way[] = ['app', 'sms', 'email'];
const { words } = english;

describe('policy/choice: what is typed at the prompt', () => {
  for (const [typed, kind, way] of [
    ['sms', 'choice', 'sms'],
    [' SMS ', 'choice', 'sms'],
    ['ＳＭＳ', 'choice', 'sms'],
    ['mail', 'choice', 'email'],
    ['token', 'choice', 'app'],
    ['call', 'unavailable', 'voice'],
    ['resend', 'resend', undefined],
    ['1', 'choice', 'app'],
    ['3', 'choice', 'email'],
    ['4', 'code', undefined],
    ['0', 'code', undefined],
    ['12', 'code', undefined],
    ['123456', 'code', undefined],
    ['', 'code', undefined],
    ['smsx', 'code', undefined],
    ['constructor', 'code', undefined],
  ] as const)
    it(`"${typed}" is ${kind} ${way ?? ''}`, () => {
      const parsed = parseChoice(typed, available, words);
      expect([parsed.kind, 'way' in parsed ? parsed.way : undefined]).to.deep.equal([kind, way]);
    });

  it('takes the words of another language', () => {
    expect(parseChoice('Renvoyer', available, french.words)).to.deep.equal({ kind: 'resend' });
    expect(parseChoice('courriel', available, french.words)).to.deep.equal({ kind: 'choice', way: 'email' });
    expect(parseChoice('courriel', available, words)).to.deep.equal({ kind: 'code' });
  });

  it('begins with the wish of the user, of the group, else with the strongest', () => {
    expect(defaultWay(available, 'email', 'sms')).to.equal('email');
    expect(defaultWay(available, 'voice', 'sms')).to.equal('sms');
    expect(defaultWay(available, null, 'voice')).to.equal('app');
    expect(defaultWay(['email', 'voice', 'sms'], null, undefined)).to.equal('sms');
    expect(defaultWay([], 'sms', null)).to.equal(undefined);
  });
});
