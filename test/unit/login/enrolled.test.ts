import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Policy } from '../../../src/policy/policy.ts';
import { foldUserName } from '../../../src/policy/user-name.ts';
import { resetUser } from '../../../src/store/reset-user.ts';
import { Code } from '../../peer/packet-bytes.ts';
import { aNas } from '../../support/a-nas.ts';
import { aPolicy, withConditions } from '../../support/a-policy.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { provenAsAsked } from '../../support/primary-requests.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { addRecoveryCode } from '../../support/test-transactions.ts';

/** Where users without a second factor come in on their password. */
const lenient: readonly [string, 'if-enrolled' | 'required', readonly Policy[]][] = [
  ['factor = "if-enrolled"', 'if-enrolled', []],
  ['unenrolled = "allow"', 'required', [{ ...aPolicy('require'), unenrolled: 'allow' }]],
  ['a rule for enrolled = false', 'required', [withConditions(aPolicy('allow'), { enrolled: false })]],
];

for (const [where, factor, policies] of lenient)
  describe(`login: ${where}, and a second factor that cannot be used`, () => {
    const stored = sharedStore();
    let scene: IntakeScene;
    let userId: string;
    beforeEach(async () => {
      const clients = [{ nas: aNas({ factor, approval: 'off' }), addresses: ['192.0.2.0/24'] }];
      scene = await IntakeScene.open(stored.scratch, { clients, policies, approvals: true });
      scene.primary.answers(() => provenAsAsked());
      userId = await stored.scratch.addUser({ names: ['bob'] });
    });
    afterEach(() => scene.close());

    const login = async (): Promise<number> => (await scene.ask({ user: 'bob' })).code;
    const reset = async (): Promise<void> => {
      const user = foldUserName('bob') ?? expect.fail('no name');
      const change = { id: randomUUID(), command: 'user reset', at: scene.clock.wall() };
      await stored.scratch.store.run(resetUser, { user, change });
    };
    /** Refused now, and in again on the password alone once an administrator has reset him. */
    const refusedUntilReset = async (): Promise<void> => {
      expect(await login()).to.equal(Code.accessReject);
      expect(scene.logged({ reason: 'method-missing', user: 'bob' })).to.have.length(1);
      await reset();
      expect(await login()).to.equal(Code.accessAccept);
    };

    it('lets in who never had one', async () => {
      expect(await login()).to.equal(Code.accessAccept);
    });

    it('refuses who has a phone that approves, at a client that asks for no approvals', async () => {
      await stored.scratch.execute(
        "INSERT INTO devices (id, user_id, name, public_key, created_at) VALUES ('d1', ?, 'Pixel', ?, 0)",
        userId,
        Buffer.alloc(65, 4),
      );
      await refusedUntilReset();
    });

    for (const [what, columns] of [
      ['is disabled', "state = 'disabled'"],
      ['has expired', 'valid_until = 1'],
      ['is not valid yet', `valid_from = ${Number.MAX_SAFE_INTEGER}`],
    ] as const)
      it(`refuses who has a token that ${what}`, async () => {
        await stored.scratch.addToken({ userId, key: Buffer.alloc(20, 7) });
        expect(await login()).to.equal(Code.accessChallenge);
        await stored.scratch.execute(`UPDATE tokens SET ${columns} WHERE user_id = ?`, userId);
        await refusedUntilReset();
      });

    it('refuses who has used his last recovery code', async () => {
      await stored.scratch.store.run(addRecoveryCode, { userId, code: 'ABCDE23456' });
      expect(await login()).to.equal(Code.accessChallenge);
      await stored.scratch.execute('UPDATE recovery_codes SET used_at = 1');
      await refusedUntilReset();
    });
  });
