import { expect } from 'chai';
import { askPassword } from '../../../src/cli/new-password.ts';
import { OperatorError } from '../../../src/errors.ts';
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
});
