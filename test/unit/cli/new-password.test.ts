import { expect } from 'chai';
import { askPassword, keptOf } from '../../../src/cli/input/new-password.ts';
import { OperatorError } from '../../../src/errors.ts';
import { readVectors } from '../../support/read-vectors.ts';
import { ScriptedAsker } from './scripted-asker.ts';

describe('cli/new-password', () => {
  const refused = async (asker: ScriptedAsker, fromInput = true): Promise<string> => {
    const error: unknown = await askPassword(asker, fromInput).catch((reason: unknown) => reason);
    if (error instanceof OperatorError && error.code === 'usage') return error.message;
    throw new Error('was not refused', { cause: error });
  };

  it('takes what a pipe gives, octet for octet, 1 to 128 of them (RFC 2865 §5.2)', async () => {
    for (const password of ['x', ' ä ', 'x'.repeat(128)])
      expect(String(await askPassword(new ScriptedAsker(false, password), true))).to.equal(password);
  });

  it('asks twice on a terminal, without echo', async () => {
    const asker = new ScriptedAsker(true, 'secret', 'secret');
    expect(String(await askPassword(asker, false))).to.equal('secret');
    expect(asker.asked.map(({ prompt, echo }) => [prompt, echo])).to.deep.equal([
      ['New password: ', false],
      ['The same again: ', false],
    ]);
  });

  it('refuses an empty one, one too long, one with a NUL, two that differ, and to ask without a terminal', async () => {
    expect(await refused(new ScriptedAsker(false, ''))).to.contain('empty');
    expect(await refused(new ScriptedAsker(false, 'ä'.repeat(65)))).to.contain('longer than 128 octets');
    expect(await refused(new ScriptedAsker(false, 'a\0b'))).to.contain('NUL');
    expect(await refused(new ScriptedAsker(true, 'one', 'two'))).to.contain('not the same');
    expect(await refused(new ScriptedAsker(false, 'one'), false)).to.contain('--password-stdin');
  });

  it('keeps what is asked: nothing, the NT hash of RFC 2759 section 9.2, or the octets as they are', () => {
    const typed = Buffer.from('clientPass');
    const vectors = readVectors('rfc2759-section9.txt');
    expect(keptOf(typed, 'hash')).to.equal(null);
    expect(keptOf(typed, 'nt-hash')).to.deep.equal({ kind: 'nt-hash', octets: vectors.octets('PasswordHash') });
    expect(keptOf(typed, 'password')).to.deep.equal({ kind: 'password', octets: typed });
  });

  it('refuses octets that are no text where an NT hash could not be made of them', () => {
    const typed = Buffer.of(0x61, 0xff);
    expect(keptOf(typed, 'hash')).to.equal(null);
    for (const keep of ['nt-hash', 'password'] as const)
      expect(() => keptOf(typed, keep)).to.throw(OperatorError, 'not UTF-8 text');
  });
});
