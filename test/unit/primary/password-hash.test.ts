import { scryptSync } from 'node:crypto';
import { expect } from 'chai';
import { hashPassword, nobodysHash, passwordMatches } from '../../../src/primary/password-hash.ts';

const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const password = Buffer.from('correct horse battery staple');

describe('primary/password-hash (RFC 7914)', () => {
  it('is scrypt with N = 2^15, r = 8, p = 1, as anyone computes it', async () => {
    const expected = scryptSync(password, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 });
    const unpadded = (octets: Buffer): string => octets.toString('base64').replaceAll('=', '');
    expect(await hashPassword(password, salt)).to.equal(
      `$scrypt$ln=15,r=8,p=1$${unpadded(salt)}$${unpadded(expected)}`,
    );
  });

  it('matches its password and no other', async () => {
    const kept = await hashPassword(password, salt);
    expect(await passwordMatches(password, kept)).to.equal(true);
    for (const other of ['', 'Correct horse battery staple', 'correct horse battery staple '])
      expect(await passwordMatches(Buffer.from(other), kept), other).to.equal(false);
  });

  it('is of bytes: those that are no UTF-8 stay apart', async () => {
    const kept = await hashPassword(Buffer.of(0x70, 0xe4), salt);
    expect(await passwordMatches(Buffer.of(0x70, 0xe4), kept)).to.equal(true);
    expect(await passwordMatches(Buffer.of(0x70, 0xe5), kept)).to.equal(false);
    expect(await passwordMatches(Buffer.from('p\ufffd'), kept)).to.equal(false);
  });

  it('one with its own, lower cost is still read', async () => {
    const hash = scryptSync(password, salt, 32, { N: 2 ** 10, r: 4, p: 2 })
      .toString('base64')
      .replaceAll('=', '');
    const kept = `$scrypt$ln=10,r=4,p=2$${salt.toString('base64').replaceAll('=', '')}$${hash}`;
    expect(await passwordMatches(password, kept)).to.equal(true);
    expect(await passwordMatches(Buffer.from('x'), kept)).to.equal(false);
  });

  it("nobody's has the cost of everybody's, and no password", async () => {
    const cost = (kept: string): string | undefined => /^\$scrypt\$(.*?)\$/.exec(kept)?.[1];
    expect(cost(nobodysHash)).to.equal(cost(await hashPassword(password, salt)));
    for (const typed of ['', '\0', 'password'])
      expect(await passwordMatches(Buffer.from(typed), nobodysHash)).to.equal(false);
  });

  for (const broken of [
    '',
    'secret',
    '$scrypt$ln=15,r=8,p=1$AAAA',
    '$2b$10$abcdefghijklmnopqrstuv',
    '$scrypt$ln=x,r=8,p=1$AAAA$AAAA',
  ])
    it(`"${broken}" is an error, not a password that does not match`, async () => {
      const error = await passwordMatches(password, broken).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
    });
});
