import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { asAsked, type Person } from '../../../src/primary/primary.ts';
import type { Realm } from '../../../src/primary/realms.ts';
import { foldGroup } from '../../../src/policy/fold-group.ts';
import { aNas } from '../../support/a-nas.ts';
import { aPolicy, folded, withConditions } from '../../support/a-policy.ts';
import { FakePrimary } from '../../support/fake-primary.ts';
import { IntakeScene, oathKey, type IntakeSceneOptions, type RequestOf } from '../../support/intake-scene.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { Code, Type, valuesOfType } from '../../peer/packet-bytes.ts';

const realm: Realm = { suffix: 'partner.example', primary: 'partner', strip: true };

describe('login: a realm is a name space of its own', () => {
  const shared = sharedStore();
  let scene: IntakeScene;
  let partner: FakePrimary;
  const open = async (own: IntakeSceneOptions = {}): Promise<void> => {
    partner = new FakePrimary('partner');
    scene = await IntakeScene.open(shared.scratch, { realms: [realm], primaries: () => [partner], ...own });
  };
  afterEach(() => scene.close());

  const add = async (...names: string[]): Promise<string> => {
    const userId = await shared.scratch.addUser({ names });
    await shared.scratch.addToken({ userId, key: oathKey });
    return userId;
  };
  const says = (own: Partial<Person>): void =>
    partner.answers(() => ({ kind: 'ok', granted: [], person: { ...asAsked, ...own } }));
  /** The reason, and whose row it is. */
  const reason = async (own: RequestOf): Promise<unknown[]> => {
    const before = await shared.scratch.query('SELECT id FROM audit');
    await scene.ask(own);
    const rows = await shared.scratch.query('SELECT reason, user_id FROM audit ORDER BY id');
    const [{ reason: why, user_id: whose } = {}] = rows.slice(before.length);
    return [why, whose];
  };
  /** Asked for a code, which lets in: the id of the user. */
  const comesIn = async (user: string): Promise<unknown> => {
    const challenge = await scene.ask({ user });
    expect(challenge.code, user).to.equal(Code.accessChallenge);
    const [state] = valuesOfType(challenge, Type.state);
    const accept = await scene.ask({
      user,
      password: scene.code(),
      attributes: [{ type: Type.state, value: state ?? Buffer.alloc(0) }],
    });
    expect(accept.code, user).to.equal(Code.accessAccept);
    const [row] = await shared.scratch.query('SELECT user_id FROM audit ORDER BY id DESC LIMIT 1');
    return row?.['user_id'];
  };
  const nobody = ['not-enrolled', null];

  it("a partner's alice is not ours, however she is spelled", async () => {
    await open();
    for (const user of ['alice@partner.example', 'PARTNER.example\\Alice', 'alice@sub.partner.example'])
      expect(await reason({ user }), user).to.deep.equal(nobody);
    expect(partner.asked.entries.map(({ userName }) => userName.toString())).to.deep.equal(['alice', 'Alice', 'alice']);
    expect(scene.primary.asked.entries).to.deep.equal([]);
    expect(await comesIn('alice')).to.equal('u1');
  });

  it('and without realms she is: by a name in any domain', async () => {
    await open({ realms: [] });
    expect(await comesIn('alice@partner.example')).to.equal('u1');
  });

  it('and so she is at clients where the realm does not hold', async () => {
    await open({ realms: [{ ...realm, client: ['wifi'] }] });
    expect(await comesIn('alice@partner.example')).to.equal('u1');
  });

  it('nor does she spend the bypass of ours, or come in by her rule; and no link is mailed', async () => {
    const link = { ...aPolicy('require'), ways: ['app'] as const, unenrolled: 'link' as const };
    await open({ policies: [withConditions(aPolicy('allow'), { user: folded('alice') }), link] });
    await shared.scratch.execute("DELETE FROM tokens WHERE user_id = 'u1'");
    await shared.scratch.execute(
      "INSERT INTO bypasses (id, user_id, reason, valid_until, created_at) VALUES ('b1', 'u1', 'r', 9000000000000000, 0)",
    );
    says({ email: 'alice@partner.example' });
    expect(await reason({ user: 'alice@partner.example' })).to.deep.equal(nobody);
    expect(await shared.scratch.query('SELECT id FROM outbox')).to.deep.equal([]);
    expect(await shared.scratch.query('SELECT used_at FROM bypasses')).to.deep.equal([{ used_at: null }]);
  });

  it('our carol is not the one of a partner, though she alone is enrolled', async () => {
    await open();
    await add('carol@partner.example');
    expect(await reason({ user: 'carol' })).to.deep.equal(nobody);
    expect(await reason({ user: 'carol@corp.example' })).to.deep.equal(nobody);
  });

  it('within a realm all spellings of a name meet, and what a directory could take for it is refused', async () => {
    await open();
    const bob = await add('bob@partner.example');
    for (const user of ['bob@partner.example', 'PARTNER.EXAMPLE\\BOB', 'bob@sub.partner.example']) {
      expect(await comesIn(user)).to.equal(bob);
      scene.clock.pass(60_000);
    }
    expect(await reason({ user: 'b\u00f6b@partner.example' })).to.deep.equal(['name-lookalike', null]);
    expect(await reason({ user: 'b\u00f6b' })).to.deep.equal(nobody);
    await add('bob@sub.partner.example');
    expect(await reason({ user: 'bob@x.partner.example' })).to.deep.equal(['name-ambiguous', null]);
  });

  it('the longest suffix is the realm', async () => {
    await open({ realms: [realm, { ...realm, suffix: 'sub.partner.example', primary: 'local' }] });
    const bob = await add('bob@partner.example');
    expect(await reason({ user: 'bob@sub.partner.example' })).to.deep.equal(nobody);
    expect(await comesIn('bob@x.partner.example')).to.equal(bob);
  });

  it("what a partner's server calls a user is a name of the realm, or nobody's", async () => {
    await open();
    await add('dave@corp.example');
    const bob = await add('bob@partner.example');
    for (const name of ['alice', 'ALICE', 'dave@corp.example', 'corp.example\\dave', 'dave@', 'dave@example']) {
      says({ names: [name] });
      expect(await reason({ user: 'eve@partner.example' }), name).to.deep.equal(nobody);
    }
    for (const name of ['bob', 'Bob@sub.partner.example']) {
      says({ names: [name] });
      expect(await comesIn('eve@partner.example')).to.equal(bob);
      scene.clock.pass(60_000);
    }
    says({ names: ['dave@corp.example'] });
    expect(await comesIn('bob@partner.example'), 'the name that was asked counts').to.equal(bob);
    says({ names: ['dave@corp.example'], askedNameProven: false });
    expect(await reason({ user: 'bob@partner.example' })).to.deep.equal(['name-unproven', null]);
    says({ names: ['bob@partner.example@corp.example'] });
    expect(await reason({ user: 'bob@partner.example' })).to.deep.equal(['name-invalid', null]);
  });

  it('nor does our own primary speak for users of a realm', async () => {
    await open();
    await add('bob@partner.example');
    scene.primary.answers(() => ({
      kind: 'ok',
      granted: [],
      person: { ...asAsked, names: ['bob@partner.example'] },
    }));
    expect(await reason({ user: 'eve' })).to.deep.equal(nobody);
    expect(await comesIn('alice')).to.equal('u1');
  });

  it('an alias in a realm makes two names one person: an administrator has said so', async () => {
    await open();
    const bob = await add('bob', 'bob@partner.example');
    expect(await comesIn('bob')).to.equal(bob);
    scene.clock.pass(60_000);
    expect(await comesIn('partner.example\\bob')).to.equal(bob);
  });

  it('where one primary checks both, who is known on one side alone comes in by no exemption on the other', async () => {
    const nas = aNas({ factor: 'if-enrolled' });
    const clients = [{ nas, addresses: ['192.0.2.0/24'] }];
    await open({ clients, realms: [{ ...realm, primary: 'local' }] });
    await add('bob@partner.example');
    for (const user of ['alice@partner.example', '\u00e1lice@partner.example', 'bob', 'CORP\\bob'])
      expect(await reason({ user }), user).to.deep.equal(['name-lookalike', null]);
    expect(await reason({ user: 'eve@partner.example' })).to.deep.equal(['not-enrolled-allowed', null]);
  });

  it("what codes of ours look like does not part what a partner's user types", async () => {
    const append = { order: 'code-last', delimiter: Buffer.from(','), length: undefined } as const;
    await open({ clients: [{ nas: aNas({ append }), addresses: ['192.0.2.0/24'] }] });
    for (const user of ['alice@partner.example', 'CORP\\alice']) await scene.ask({ user, password: 'right,12345678' });
    const passwords = [partner, scene.primary].flatMap(({ asked }) =>
      asked.entries.map(({ credential }) => credential),
    );
    // Alice of ours has a code of six digits; of who is not known any length may be one.
    expect(passwords.map((each) => (each.kind === 'pap' ? each.password.toString() : each.kind))).to.deep.equal([
      'right',
      'right,12345678',
    ]);
  });

  it("a guess at a partner's application password counts for nobody of ours", async () => {
    await open({ clients: [{ nas: aNas({ appPasswords: true }), addresses: ['192.0.2.0/24'] }] });
    const password = 'ABCDEF-GHIJKL-MNOPQR-STUV23';
    expect(await reason({ user: 'alice@partner.example', password })).to.deep.equal(['app-password-wrong', null]);
    expect(await shared.scratch.query('SELECT user_id FROM lockouts')).to.deep.equal([]);
    expect(await reason({ user: 'CORP\\alice', password })).to.deep.equal(['app-password-wrong', 'u1']);
  });

  it('a rule for one primary holds for no login that another checks, whatever groups it tells', async () => {
    const rule = withConditions(aPolicy('allow'), { group: ['VPN admins'].map(foldGroup), primary: ['local'] });
    await open({ policies: [rule] });
    const admin = { kind: 'ok', granted: [], person: { ...asAsked, groups: ['VPN admins'] } } as const;
    for (const primary of [partner, scene.primary]) primary.answers(() => admin);
    expect(await reason({ user: `eve-${randomUUID()}@partner.example` })).to.deep.equal(nobody);
    expect(await reason({ user: 'eve' })).to.deep.equal(['allowed-by-policy', null]);
  });
});
