import { expect } from 'chai';
import { ApprovalWaits } from '../../../src/approval/approval-waits.ts';
import { Approvals, type ApprovalAnswer } from '../../../src/approval/approvals.ts';
import { decidedApprovals } from '../../../src/approval/decided-approvals.ts';
import { Decisions } from '../../../src/approval/decisions.ts';
import { english } from '../../../src/deliver/texts-en.ts';
import { shownCodeOf } from '../../../src/approval/approval.ts';
import { bootId } from '../../../src/store/host-time.ts';
import { text } from '../../../src/store/row.ts';
import { takeMessages } from '../../../src/store/take-messages.ts';
import { noLimits } from '../../support/begin-input.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryLogger } from '../../support/memory-logger.ts';
import { sharedStore } from '../../support/shared-store.ts';

const device = '203.0.113.5';

describe('approval: a request that joined one whose prompt went on', () => {
  const stored = sharedStore();
  const clock = new FakeClock();
  let userId: string;
  const opened: ApprovalWaits[] = [];
  beforeEach(async () => {
    userId = await stored.scratch.addUser({ names: ['alice'] });
    await stored.scratch.execute("UPDATE users SET phone = '+33612345612'");
  });
  afterEach(() => {
    for (const waits of opened.splice(0)) waits.stop();
  });

  /** A node on the store. @param interval of its looks at what other nodes were told, in milliseconds */
  const node = (interval: number) => {
    const { store } = stored.scratch;
    const waits = new ApprovalWaits({
      look: (ids) => store.run(decidedApprovals, ids),
      interval,
      onTrouble: () => undefined,
    });
    opened.push(waits);
    const approvals = new Approvals({
      store,
      clock,
      waits,
      window: 10_000,
      limit: 3,
      channels: ['sms'],
      push: false,
      answers: false,
      url: 'https://mfa.example',
      rules: noLimits,
      order: ['store'],
      texts: { en: english.notice },
      language: 'en',
      challengeTimeout: 300_000,
      isDown: () => false,
      onQueued: () => undefined,
    });
    const ask = (loginId: string): Promise<ApprovalAnswer> =>
      approvals.ask({
        userId,
        loginId,
        device,
        application: 'the VPN',
        directory: undefined,
        audit: {
          at: clock.wall(),
          loginId,
          userName: 'alice',
          client: 'vpn',
          clientAddress: '192.0.2.1',
          callingStationId: device,
          primary: 'nps',
          latency: 1,
        },
        deadline: clock.monotonic() + 60_000,
        canPrompt: true,
      });
    const decisions = new Decisions({
      store,
      clock,
      logger: memoryLogger().logger,
      digits: 6,
      lifetime: 300_000,
      block: 3_600_000,
      alert: [],
      texts: english.notice,
      language: 'en',
      tell: (id, status) => waits.tell(id, status),
      onQueued: () => undefined,
    });
    return { waits, ask, decisions };
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };
  /** The secret of the link that was sent. */
  const link = async (): Promise<Buffer> => {
    const { taken } = await stored.scratch.store.run(takeMessages, {
      owner: 'test',
      room: { sms: 9, voice: 0, email: 0, notify: 0, push: 0 },
      time: { boot: bootId(), now: Math.floor(clock.monotonic()) },
      lease: 1_000,
      wall: clock.wall(),
    });
    expect(taken).to.have.length(1);
    return Buffer.from(taken[0]?.envelope.actions?.link.split('/a/')[1] ?? '', 'base64url');
  };
  const never = 2 ** 30;

  for (const [how, looks, end] of [
    ['told by the node where the number was picked', never, undefined],
    ['told by the store, of a press at another node', 5, undefined],
    ['told as its own time is over', never, 'open'],
  ] as const)
    it(`is not let in by the number, ${how}: the code is for the prompt alone`, async () => {
      const [first, second] = [node(never), node(looks)];
      const one = first.ask('login1');
      await until(() => first.waits.size === 1);
      const other = second.ask('login2');
      await until(() => second.waits.size === 1);
      const token = await link();
      const id = text(await stored.scratch.row('SELECT id FROM approvals'), 'id');
      first.waits.tell(id, 'open');
      const asked = await one;
      expect(asked).to.include({ kind: 'typed', waited: true });
      const number = asked.kind === 'typed' ? asked.number : null;
      const { decisions } = end === undefined && looks === never ? second : first;
      const pressed = await decisions.decide({ token, decision: 'approve', number, by: 'page' });
      expect(pressed).to.include({ kind: 'approved', loginId: 'login1' }).and.have.property('code').that.is.a('string');
      if (end) second.waits.tell(id, end);
      expect(await other).to.deep.equal({ kind: 'unanswered' });
      const codes = await stored.scratch.query('SELECT challenge_id FROM sent_codes');
      expect(codes).to.deep.equal([{ challenge_id: shownCodeOf('login1') }]);
    });

  it('is told a decline as it is', async () => {
    const [first, second] = [node(never), node(5)];
    const one = first.ask('login1');
    await until(() => first.waits.size === 1);
    const other = second.ask('login2');
    await until(() => second.waits.size === 1);
    const token = await link();
    first.waits.tell(text(await stored.scratch.row('SELECT id FROM approvals'), 'id'), 'open');
    await one;
    await first.decisions.decide({ token, decision: 'decline', number: null, by: 'page' });
    expect(await other).to.deep.equal({ kind: 'declined' });
  });
});
