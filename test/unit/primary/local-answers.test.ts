import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { Credential } from '../../../src/packet/access-request.ts';
import { Microsoft } from '../../../src/packet/constants.ts';
import type { Granted } from '../../../src/packet/granted.ts';
import { challengeHash, challengeResponse, ntHash } from '../../../src/packet/mschap.ts';
import { vendorAttributes } from '../../../src/packet/vendor-specific.ts';
import { LocalPrimary } from '../../../src/primary/local.ts';
import { hashPassword } from '../../../src/primary/password-hash.ts';
import type { PrimaryResult } from '../../../src/primary/primary.ts';
import type { Keep, KeptPassword } from '../../../src/store/kept-password.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { primaryRequest, provenAsAsked, wrongPassword } from '../../support/primary-requests.ts';
import { readVectors } from '../../support/read-vectors.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';

const password = 'clientPass';
const unicode = 'p\u00e4ss \u20ac \u{1f600}';

describe('primary/local: answers to challenges', () => {
  const stored = sharedStore();
  const clock = new FakeClock();
  const deadline = clock.monotonic() + 10_000;
  let scratch: ScratchStore;
  let hash: string;
  before(async () => (hash = await hashPassword(Buffer.from(password), randomBytes(16))));
  beforeEach(() => ({ scratch } = stored));

  const keptPassword = (text = password): KeptPassword => ({ kind: 'password', octets: Buffer.from(text) });
  const keptHash = (text = password): KeptPassword => ({ kind: 'nt-hash', octets: ntHash(text) });
  const add = (name: string, kept?: KeptPassword, own = {}): Promise<string> =>
    scratch.addUser({ names: [name], password: hash, ...(kept && { kept }), ...own });
  const check = async (keep: Keep, credential: Credential, user: string | Buffer = 'User'): Promise<PrimaryResult> => {
    const primary = new LocalPrimary({ name: 'here', keep, store: scratch.store, clock });
    try {
      return await primary.check(primaryRequest({ user, credential, deadline }));
    } finally {
      await primary.close();
    }
  };
  const setAnew = (result: PrimaryResult): void => {
    const { why, ...rest } = result as PrimaryResult & { why?: string };
    expect(rest).to.deep.equal(wrongPassword);
    expect(why).to.contain('set it anew');
  };

  describe('CHAP (RFC 1994)', () => {
    const chap = (typed: string | Buffer, id = 5, challenge = randomBytes(16)): Credential => {
      const response = createHash('md5').update(Buffer.of(id)).update(typed).update(challenge).digest();
      return { kind: 'chap', id, challenge, response };
    };

    it('the right password is let in, with challenges of other sizes too; with another, another identifier or challenge it is refused', async () => {
      await add('User', keptPassword(unicode));
      for (const size of [1, 8, 16, 200])
        expect(await check('password', chap(unicode, 0, randomBytes(size)))).to.deep.equal(provenAsAsked());
      expect(await check('password', chap(password))).to.deep.equal(wrongPassword);
      expect(await check('password', chap(''))).to.deep.equal(wrongPassword);
      const right = chap(unicode) as Extract<Credential, { kind: 'chap' }>;
      expect(await check('password', { ...right, id: 6 })).to.deep.equal(wrongPassword);
      expect(await check('password', { ...right, challenge: randomBytes(16) })).to.deep.equal(wrongPassword);
    });

    it('an NT hash is not enough, nor is a scrypt hash: the log says that the password must be set anew', async () => {
      await add('User', keptHash());
      await add('other');
      setAnew(await check('password', chap(password)));
      setAnew(await check('password', chap(password), 'other'));
    });

    it('is not used where it is not enabled, whatever is kept', async () => {
      await add('User', keptPassword());
      for (const keep of ['hash', 'nt-hash'] as const)
        for (const user of ['User', 'nobody'])
          expect(await check(keep, chap(password), user)).to.deep.equal({
            kind: 'unsupported',
            why: 'CHAP needs keep = "password" in this [[primary]], or use PAP',
          });
    });
  });

  describe('MS-CHAPv2 (RFC 2759)', () => {
    const vectors = readVectors('rfc2759-section9.txt');
    const keys = readVectors('rfc3079-section3.5.txt');
    const credential = (response: Buffer, challenge: Buffer, peerChallenge: Buffer, ident = 7): Credential => {
      const value = Buffer.concat([Buffer.of(ident, 0), peerChallenge, Buffer.alloc(8), response]);
      return { kind: 'ms-chap', version: 2, challenge, response: value };
    };
    const answer = (typed: string, name: string | Buffer, at = randomBytes(16)): Credential => {
      const peer = randomBytes(16);
      return credential(challengeResponse(challengeHash(peer, at, Buffer.from(name)), ntHash(typed)), at, peer);
    };
    const fromRfc = credential(
      vectors.octets('NTResponse'),
      vectors.octets('AuthenticatorChallenge'),
      vectors.octets('PeerChallenge'),
    );
    const granted = (result: PrimaryResult): readonly Granted[] => {
      if (result.kind !== 'ok') throw new Error(`not let in but ${result.kind}`);
      return result.granted;
    };
    const microsoft = (all: readonly Granted[], type: number): Buffer | undefined =>
      all
        .flatMap((one) => (one.kind === 'plain' ? (vendorAttributes(one.value) ?? []) : []))
        .find((one) => one.vendor === Microsoft.vendor && one.type === type)?.value;

    for (const kept of [keptHash(), keptPassword()])
      it(`the login of RFC 2759 section 9.2 is let in by the ${kept.kind}, with what section 9.2 and RFC 3079 section 3.5 say`, async () => {
        await add('User', kept);
        const all = granted(await check(kept.kind, fromRfc));
        const success = microsoft(all, Microsoft.chap2Success);
        expect(success?.[0]).to.equal(7);
        expect(success?.subarray(1).toString()).to.equal(vectors.text('AuthenticatorResponse'));
        expect(all.filter(({ kind }) => kind === 'mppe-key')).to.deep.equal([
          { kind: 'mppe-key', type: Microsoft.mppeSendKey, value: keys.octets('SendStartKey128') },
          {
            kind: 'mppe-key',
            type: Microsoft.mppeRecvKey,
            value: Buffer.from('d5f0e9521e3ea9589645e86051c82226', 'hex'),
          },
        ]);
        expect(microsoft(all, Microsoft.mppeEncryptionPolicy)?.toString('hex')).to.equal('00000001');
        expect(microsoft(all, Microsoft.mppeEncryptionTypes)?.toString('hex')).to.equal('00000004');
      });

    it('the hash that is kept of a password with other letters is that of its UTF-16', async () => {
      await add('User', keptPassword(unicode));
      expect((await check('password', answer(unicode, 'User'))).kind).to.equal('ok');
    });

    it('another password, challenge, peer challenge, name or response is refused', async () => {
      await add('User', keptHash());
      const right = answer(password, 'User') as Extract<Credential, { kind: 'ms-chap' }>;
      expect((await check('nt-hash', right)).kind).to.equal('ok');
      expect(await check('nt-hash', answer('clientpass', 'User'))).to.deep.equal(wrongPassword);
      expect(await check('nt-hash', answer(password, 'user'))).to.deep.equal(wrongPassword);
      expect(await check('nt-hash', { ...right, challenge: randomBytes(16) })).to.deep.equal(wrongPassword);
      // All but Ident, Flags and the reserved octets is proven.
      for (let at = 0; at < right.response.length; at++) {
        const response = Buffer.from(right.response);
        response[at] = (response[at] ?? 0) ^ 0x10;
        const isProven = (at >= 2 && at < 18) || at >= 26;
        expect((await check('nt-hash', { ...right, response })).kind, `octet ${at}`).to.equal(isProven ? 'bad' : 'ok');
      }
    });

    it('a domain before the name is left out of the hash, as RFC 2759 section 8.2 has it, or in it', async () => {
      await add('User', keptHash());
      for (const hashed of ['User', 'CORP\\User']) {
        const result = await check('nt-hash', answer(password, hashed), 'CORP\\User');
        expect(result.kind, hashed).to.equal('ok');
      }
      for (const hashed of ['CORP', 'other\\User', 'CORP\\user', ''])
        expect(await check('nt-hash', answer(password, hashed), 'CORP\\User'), hashed).to.deep.equal(wrongPassword);
      expect((await check('nt-hash', answer(password, 'User@corp.example'), 'User@corp.example')).kind).to.equal('ok');
    });

    it('a password that was set when less was kept is refused, and the log says that it must be set anew', async () => {
      await add('User');
      setAnew(await check('nt-hash', fromRfc));
    });

    it('unknown, disabled and look-alike users, and those without a password here, meet the same refusal as a wrong password', async () => {
      await add('User', keptHash(), { disabled: true });
      await scratch.addUser({ names: ['none'] });
      for (const name of ['User', 'bob', 'none', 'Us\u200ber', '\u00dcser', '', Buffer.of(0xff)])
        expect(await check('nt-hash', answer(password, name), name)).to.deep.equal(wrongPassword);
    });

    it('is not used where it is not enabled, whatever is kept', async () => {
      await add('User', keptPassword());
      for (const user of ['User', 'nobody'])
        expect(await check('hash', fromRfc, user)).to.deep.equal({
          kind: 'unsupported',
          why: 'MS-CHAPv2 needs keep = "nt-hash" in this [[primary]], or use PAP',
        });
    });

    it('an NT hash that was moved to another user does not open', async () => {
      await add('User', keptHash());
      await add('mallory', keptHash('known to mallory'));
      await scratch.execute(
        `UPDATE users SET sealed_nt_hash = (SELECT sealed_nt_hash FROM users WHERE name = 'mallory') WHERE name = 'User'`,
      );
      const error: unknown = await check('nt-hash', answer('known to mallory', 'User')).catch(
        (thrown: unknown) => thrown,
      );
      expect(String(error)).to.contain('sealed for another row');
    });
  });

  it('what local users cannot be checked by is told apart from a wrong password, with what to do', async () => {
    await add('User', keptPassword());
    const octets = randomBytes(50);
    for (const [credential, why] of [
      [{ kind: 'ms-chap', version: 1, challenge: randomBytes(8), response: octets }, 'use MS-CHAPv2'],
      [{ kind: 'ms-chap-change', version: 2, request: octets }, 'radgate user set NAME --password'],
      [{ kind: 'eap', message: octets }, 'docs/primaries/local.md'],
      [{ kind: 'none' }, 'no credential'],
    ] as const) {
      const result = await check('password', credential);
      expect(result.kind).to.equal('unsupported');
      expect('why' in result && result.why).to.contain(why);
    }
  });

  it('PAP works whatever is kept', async () => {
    await add('User', keptHash());
    for (const keep of ['hash', 'nt-hash', 'password'] as const)
      expect(await check(keep, { kind: 'pap', password: Buffer.from(password) })).to.deep.equal(provenAsAsked());
  });

  it('a store that fails makes it unreachable', async () => {
    await scratch.store.close();
    const result = await check('password', {
      kind: 'chap',
      id: 1,
      challenge: randomBytes(16),
      response: randomBytes(16),
    });
    await scratch.reopen();
    expect(result.kind).to.equal('unreachable');
  });
});
