import { expect } from 'chai';
import { foldGroup } from '../../../src/policy/fold-group.ts';
import type { SentMethod } from '../../../src/policy/sent-method.ts';
import { aNas } from '../../support/a-nas.ts';
import { aPolicy, withConditions } from '../../support/a-policy.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { provenAsAsked } from '../../support/primary-requests.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { Code, Type, valuesOfType, type RawPacket } from '../../peer/packet-bytes.ts';

const textOf = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).map(String).join('');

describe('login: nothing can be sent', () => {
  const shared = sharedStore();
  let scene: IntakeScene;
  let down: Set<SentMethod>;
  let queued: number;
  const rule = {
    ...withConditions(aPolicy('require'), { group: [foldGroup('VPN')] }),
    name: 'staff',
    opensOnOutage: true,
  };

  const open = async (more: Parameters<typeof IntakeScene.open>[1] = {}): Promise<void> => {
    scene = await IntakeScene.open(shared.scratch, {
      policies: [rule],
      sending: { methods: ['sms', 'email'], isDown: (method) => down.has(method), onQueued: () => queued++ },
      ...more,
    });
    scene.primary.answers(() => provenAsAsked());
  };
  const addUser = async (name: string, group: string | undefined, columns: string): Promise<void> => {
    const id = await shared.scratch.addUser({ names: [name] });
    await shared.scratch.execute(`UPDATE users SET ${columns} WHERE id = ?`, id);
    if (group) await shared.scratch.execute('INSERT INTO user_groups (user_id, name) VALUES (?, ?)', id, group);
  };
  beforeEach(() => {
    down = new Set();
    queued = 0;
  });
  afterEach(() => scene.close());

  it('by one way: another that the user has is taken, and by a rule nobody comes in', async () => {
    await open();
    await addUser('bob', 'VPN', "phone = '+33612345612', email = 'bob@corp.example'");
    down.add('sms');
    const reply = await scene.ask({ user: 'bob' });
    expect(reply.code).to.equal(Code.accessChallenge);
    expect(textOf(reply)).to.match(/@corp\.example/);
    expect(queued).to.equal(1);
  });

  it('by any way: the group of a rule comes in, told to the audit with the rule; others do not', async () => {
    await open();
    await addUser('bob', 'VPN', "phone = '+33612345612', email = 'bob@corp.example'");
    await addUser('carol', undefined, "phone = '+33612345613'");
    down = new Set(['sms', 'email']);
    expect((await scene.ask({ user: 'bob' })).code).to.equal(Code.accessAccept);
    const refused = await scene.ask({ user: 'carol' });
    expect([refused.code, textOf(refused)]).to.deep.equal([
      Code.accessReject,
      'No code can be sent to you now. Please contact your help desk.',
    ]);
    expect(await scene.audited()).to.deep.equal(['accept outage-allowed-by-policy', 'reject send-refused-last']);
    expect(await shared.scratch.query('SELECT rule FROM audit ORDER BY id')).to.deep.equal([
      { rule: 'staff' },
      { rule: null },
    ]);
    expect(queued).to.equal(0);
    scene.primary.answers(() => ({ kind: 'bad', relayed: undefined, reason: 'password-wrong' }));
    expect((await scene.ask({ user: 'bob' })).code).to.equal(Code.accessReject);
    scene.primary.answers(() => ({ kind: 'unreachable', why: 'gone', asked: true }));
    await scene.expectSilence(scene.request({ user: 'bob' }));
    await shared.scratch.execute("UPDATE users SET disabled = 1 WHERE name = 'bob'");
    scene.primary.answers(() => provenAsAsked());
    expect((await scene.ask({ user: 'bob' })).code).to.equal(Code.accessReject);
  });

  it('who has an app is asked for its code', async () => {
    await open();
    await shared.scratch.execute("UPDATE users SET phone = '+33612345612', preferred_way = 'sms' WHERE id = 'u1'");
    await shared.scratch.execute("INSERT INTO user_groups (user_id, name) VALUES ('u1', 'VPN')");
    down = new Set(['sms', 'email']);
    const reply = await scene.ask();
    expect(reply.code).to.equal(Code.accessChallenge);
    const [state] = valuesOfType(reply, Type.state);
    const answer = await scene.ask({
      password: scene.code(),
      attributes: [{ type: Type.state, value: state ?? Buffer.alloc(0) }],
    });
    expect(answer.code).to.equal(Code.accessAccept);
    expect((await scene.audited()).at(-1)).to.equal('accept accepted');
  });

  it('who has reported a login comes in by no rule', async () => {
    await open();
    await addUser('bob', 'VPN', "phone = '+33612345612'");
    const [{ id }] = (await shared.scratch.query("SELECT id FROM users WHERE name = 'bob'")) as [{ id: string }];
    const until = scene.clock.wall() + 60_000;
    await shared.scratch.execute('INSERT INTO approval_states (user_id, blocked_until) VALUES (?, ?)', id, until);
    down = new Set(['sms', 'email']);
    expect((await scene.ask({ user: 'bob' })).code).to.equal(Code.accessReject);
    expect(await scene.audited()).to.deep.equal(['reject send-refused-last']);
    // The clock was set back.
    await shared.scratch.execute('UPDATE approval_states SET blocked_until = ?', until + 365 * 86_400_000);
    expect((await scene.ask({ user: 'bob' })).code).to.equal(Code.accessAccept);
  });

  it('an outage that begins while a code is awaited lets in nobody who asks for another: he may be disabled by then', async () => {
    await open();
    await addUser('bob', 'VPN', "phone = '+33612345612'");
    const reply = await scene.ask({ user: 'bob' });
    expect(reply.code).to.equal(Code.accessChallenge);
    down = new Set(['sms', 'email']);
    await shared.scratch.execute("UPDATE users SET disabled = 1 WHERE name = 'bob'");
    const [state] = valuesOfType(reply, Type.state);
    const again = await scene.ask({
      user: 'bob',
      password: 'resend',
      attributes: [{ type: Type.state, value: state ?? Buffer.alloc(0) }],
    });
    expect(again.code).to.equal(Code.accessReject);
  });

  for (const [title, policies, code] of [
    ['approvals: a rule lets in', [rule], Code.accessAccept],
    ['approvals: without a rule nobody comes in', [], Code.accessReject],
  ] as const)
    it(`${title}, at a device that can show no prompt`, async () => {
      const nas = aNas({ challenge: false, approval: 'first' });
      await open({
        policies,
        approvals: true,
        sending: { methods: [], isDown: (method) => down.has(method) },
        clients: [{ nas, addresses: ['192.0.2.0/24'] }],
      });
      await addUser('bob', 'VPN', "phone = '+33612345612'");
      down = new Set(['sms']);
      expect((await scene.ask({ user: 'bob' })).code).to.equal(code);
      expect(await shared.scratch.query('SELECT id FROM approvals')).to.deep.equal([]);
    });
});
