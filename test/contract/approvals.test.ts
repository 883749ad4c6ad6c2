import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { showApprovalState } from '../../src/approval/approval-state.ts';
import { approvalRandom, type ApprovalRandom } from '../../src/approval/approval.ts';
import { beginApproval, type BeginApprovalInput, type BeginApprovalOutput } from '../../src/approval/begin-approval.ts';
import { callEndOf, callToken, endCall, type CallEnd } from '../../src/approval/call.ts';
import { closeApproval } from '../../src/approval/close-approval.ts';
import { decideApproval, type DecideInput, type DecideOutput } from '../../src/approval/decide-approval.ts';
import { decidedApprovals, purgeApprovals } from '../../src/approval/decided-approvals.ts';
import { answerToken } from '../../src/approval/text-answer.ts';
import { showApproval } from '../../src/approval/show-approval.ts';
import { beginSentCode } from '../../src/factor/sent-code.ts';
import { attempt } from '../../src/login/attempt.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { bootId } from '../../src/store/host-time.ts';
import { takeMessages } from '../../src/store/take-messages.ts';
import { resetUser } from '../../src/store/reset-user.ts';
import type { Row } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { switchUser } from '../../src/store/switch-user.ts';
import { unlockUser } from '../../src/store/unlock-user.ts';
import { approvalInput, decideInput } from '../support/approval-input.ts';
import { beginInput, noLimits } from '../support/begin-input.ts';
import { lockoutRules, windows } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { empty, execute, query } from '../support/test-transactions.ts';

const now = Date.UTC(2026, 0, 1, 12);
const racers = 16;

for (const driver of drivers)
  driver.suite(`contract: approvals on ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    let userId: string;
    let name: string;

    beforeEach(async () => {
      await nodes[0].run(empty, null);
      name = randomUUID();
      userId = await addUser(nodes[0], { names: [name] });
      const sql = "UPDATE users SET phone = '+33612345612', email = 'alice@corp.example' WHERE id = ?";
      await nodes[0].run(execute, { sql, parameters: [userId] });
    });

    const node = (i: number): Store => nodes[i % 2 === 0 ? 0 : 1];
    const race = <T>(each: (i: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: racers }, (_, i) => each(i)));
    const rows = (sql: string): Promise<Row[]> => nodes[1].run(query, { sql });
    const folded = () => foldUserName(name) ?? expect.fail('no name');
    const change = (command: string) => ({ id: randomUUID(), command, at: now });
    const begin = (
      random: ApprovalRandom,
      own: Partial<BeginApprovalInput> & { readonly client?: string } = {},
      i = 0,
    ): Promise<BeginApprovalOutput> => {
      const { client = 'vpn', loginId = random.id.slice(0, 16), now: at = now, ...rest } = own;
      const input = approvalInput({ userId, userName: name }, random, at, loginId);
      return node(i).run(beginApproval, { ...input, answers: true, audit: { ...input.audit, client }, ...rest });
    };
    const decide = (
      { token }: Pick<ApprovalRandom, 'token'>,
      own: Partial<DecideInput> = {},
      i = 0,
    ): Promise<DecideOutput> => node(i).run(decideApproval, { ...decideInput(token, now + 1_000), ...own });
    const asked = async (own: Parameters<typeof begin>[1] = {}): Promise<ApprovalRandom> => {
      const random = approvalRandom();
      expect(await begin(random, own)).to.include({ kind: 'asked', status: 'open', joined: false });
      return random;
    };

    it('of one hundred and twenty-eight bits of its address nothing is in the store, and another address opens nothing', async () => {
      const random = await asked();
      const all = JSON.stringify(await rows('SELECT * FROM approvals'), (_, value: unknown) => value);
      expect(all).to.not.include(random.token.toString('base64url'));
      const [link] = await rows('SELECT digest FROM approval_links');
      expect(Buffer.from(link?.['digest'] as Uint8Array).equals(random.token)).to.equal(false);
      const other = { ...random, token: Buffer.alloc(16, 1) };
      expect(await nodes[1].run(showApproval, { token: other.token, now })).to.deep.equal({ kind: 'gone' });
      expect(await decide(other)).to.deep.equal({ kind: 'gone' });
    });

    describe('an answer by text', () => {
      const number = '+33612345612';
      const answered = (random: ApprovalRandom, from: string, own: Partial<DecideInput> = {}): Promise<DecideOutput> =>
        decide({ token: answerToken(from, random.reference) }, { by: 'text', ...own });

      it('decides the login whose reference it holds, never the newest, and once', async () => {
        const first = await asked({ device: 'a' });
        const second = await asked({ device: 'b' });
        expect(await answered(first, number)).to.include({ kind: 'approved', id: first.id });
        expect(await answered(first, number)).to.deep.equal({ kind: 'gone' });
        expect(await answered(first, number, { decision: 'decline' })).to.deep.equal({ kind: 'gone' });
        expect(await nodes[1].run(decidedApprovals, [second.id])).to.deep.equal([]);
        expect(await answered(second, number, { decision: 'decline' })).to.include({ kind: 'declined', id: second.id });
      });

      it('of another number, or with the reference of another number, decides nothing', async () => {
        const random = await asked();
        expect(await answered(random, '+33612345613')).to.deep.equal({ kind: 'gone' });
        expect(await answered({ ...random, reference: 'AAAAAA' }, number)).to.deep.equal({ kind: 'gone' });
        expect(await nodes[1].run(decidedApprovals, [random.id])).to.deep.equal([]);
      });

      it('that is late decides nothing', async () => {
        const random = await asked();
        expect(await answered(random, number, { now: now + 30_000 })).to.deep.equal({ kind: 'gone' });
      });

      it('is not asked for where nothing takes it, where a code is typed, and in a mail', async () => {
        const typed = { number: 42, numbers: [42, 43, 44] };
        for (const own of [{ answers: false }, { typed }, { channels: ['email'] as const }]) {
          const random = await asked({ device: JSON.stringify(own), ...own });
          expect(await answered(random, number)).to.deep.equal({ kind: 'gone' });
          await nodes[0].run(execute, { sql: 'UPDATE approval_states SET unanswered = 0' });
        }
      });

      it('after the prompt went on may decline and not approve', async () => {
        const random = await asked();
        const goesOn = {
          loginId: random.id.slice(0, 16),
          number: 42,
          numbers: [42, 43, 44] as const,
          until: now + 60_000,
        };
        await nodes[0].run(closeApproval, { id: random.id, userId, now: now + 500, goesOn });
        expect(await answered(random, number)).to.deep.equal({ kind: 'gone' });
        expect(await answered(random, number, { decision: 'decline' })).to.include({ kind: 'declined' });
      });

      it('of answers at once on two nodes one counts', async () => {
        const random = await asked();
        const token = answerToken(number, random.reference);
        const outputs = await race((i) => decide({ token }, { by: 'text' }, i));
        expect(outputs.filter(({ kind }) => kind !== 'gone')).to.have.length(1);
      });
    });

    describe('a call', () => {
      const called = (own: Parameters<typeof begin>[1] = {}): Promise<ApprovalRandom> =>
        asked({ channels: ['voice'], ...own });
      const end = (
        token: Buffer,
        how: CallEnd,
        at = now + 1_000,
        i = 0,
      ): Promise<{ readonly id: string; readonly loginId: string } | null> =>
        node(i).run(endCall, { token, end: how, now: at });

      it('that brought no answer ends its approval, once, and tells how it ended to the other node', async () => {
        for (const how of ['hung-up', 'machine', 'busy', 'no-answer', 'failed'] as const) {
          const random = await called({ device: how });
          const other = await called({ device: `${how}, too` });
          const token = callToken(random.token);
          expect(await end(token, how)).to.deep.equal({ id: random.id, loginId: random.id.slice(0, 16) });
          expect(await nodes[1].run(decidedApprovals, [random.id, other.id])).to.deep.equal([
            { id: random.id, status: 'closed' },
          ]);
          expect(await nodes[1].run(callEndOf, random.id)).to.equal(how);
          expect(await end(token, 'busy', now + 2_000, 1)).to.equal(null);
          expect(await nodes[1].run(callEndOf, random.id)).to.equal(how);
          expect(await decide({ token }, { by: 'call' })).to.deep.equal({ kind: 'gone' });
          await nodes[0].run(execute, { sql: 'UPDATE approval_states SET unanswered = 0' });
        }
      });

      it('that is over leaves what was decided before as it is', async () => {
        for (const decision of ['approve', 'decline', 'fraud'] as const) {
          const random = await called({ device: decision });
          const { kind } = await decide({ token: callToken(random.token) }, { by: 'call', decision });
          expect(await end(callToken(random.token), 'hung-up')).to.equal(null);
          expect(await nodes[1].run(decidedApprovals, [random.id])).to.deep.equal([{ id: random.id, status: kind }]);
          expect(await nodes[1].run(callEndOf, random.id)).to.equal(null);
        }
      });

      it('is known by its own secret alone: neither by that of a page, nor one of a page by a call', async () => {
        const random = await called();
        for (const token of [random.token, callToken(Buffer.alloc(16, 1)), callToken(Buffer.of()), Buffer.of()])
          expect(await end(token, 'failed')).to.equal(null);
        expect(await nodes[1].run(showApproval, { token: random.token, now })).to.deep.equal({ kind: 'gone' });
        const text = await asked({ device: 'b' });
        expect(await end(callToken(text.token), 'failed')).to.equal(null);
        expect(await nodes[1].run(decidedApprovals, [random.id])).to.deep.equal([]);
      });

      it('whose time is over, or whose login went on with a prompt, ends nothing', async () => {
        const late = await called();
        expect(await end(callToken(late.token), 'busy', now + 30_000)).to.equal(null);
        const typed = await called({ device: 'b' });
        const goesOn = {
          loginId: typed.id.slice(0, 16),
          number: 42,
          numbers: [42, 43, 44] as const,
          until: now + 60_000,
        };
        await nodes[0].run(closeApproval, { id: typed.id, userId, now: now + 500, goesOn });
        expect(await end(callToken(typed.token), 'busy')).to.equal(null);
        expect(await nodes[1].run(callEndOf, typed.id)).to.equal(null);
      });

      it('of its end and its keys at once on two nodes one counts', async () => {
        const random = await called();
        const token = callToken(random.token);
        const outcomes = await race(async (i) =>
          i % 2 === 0
            ? (await decide({ token }, { by: 'call' }, i / 2)).kind !== 'gone'
            : (await end(token, 'hung-up', now + 1_000, (i - 1) / 2)) !== null,
        );
        expect(outcomes.filter(Boolean)).to.have.length(1);
        const [row] = await nodes[1].run(decidedApprovals, [random.id]);
        const how = await nodes[1].run(callEndOf, random.id);
        expect(how === null).to.equal(row?.status === 'approved');
      });
    });

    it('showing it any number of times decides nothing', async () => {
      const { token, id } = await asked();
      for (let i = 0; i < 5; i++)
        expect(await node(i).run(showApproval, { token, now })).to.have.property('kind', 'open');
      expect(await nodes[0].run(decidedApprovals, [id])).to.deep.equal([]);
    });

    it('of presses at once on two nodes one counts, whatever they say', async () => {
      const random = await asked();
      const decisions = ['approve', 'decline', 'fraud'] as const;
      const outputs = await race((i) => decide(random, { decision: decisions[i % 3] ?? 'approve' }, i));
      expect(outputs.filter(({ kind }) => kind !== 'gone')).to.have.length(1);
      const [row] = await rows("SELECT count(*) AS n FROM audit WHERE result = 'answer'");
      expect(Number(row?.['n'])).to.equal(1);
    });

    it('of requests at once from one device on two nodes one asks and the others join; one message', async () => {
      const outputs = await race((i) => begin(approvalRandom(), {}, i));
      const ids = new Set(outputs.map((output) => (output.kind === 'asked' ? output.id : expect.fail(output.why))));
      expect([...ids]).to.have.length(1);
      expect(outputs.filter((output) => output.kind === 'asked' && !output.joined)).to.have.length(1);
      const { taken } = await nodes[0].run(takeMessages, {
        owner: 'o',
        room: { sms: 9, voice: 9, email: 9, notify: 9, push: 9 },
        time: { boot: bootId(), now: 1_000 },
        lease: 1_000,
        wall: now,
      });
      expect(taken).to.have.length(1);
      expect(taken[0]?.envelope.text).to.match(/https:\/\/mfa\.example\/a\/[\w-]{22} Or answer: yes (\w{6}) \/ no \1$/);
    });

    for (const [what, own] of [
      ['from another device', { device: '198.51.100.66' }],
      ['from no device that is told', { device: null }],
      ['at another client', { client: 'wifi' }],
    ] as const)
      it(`a request ${what} does not join: it has an approval of its own, and the owner's press does nothing for it`, async () => {
        const first = await asked();
        const second = await asked(own);
        expect(second.id).to.not.equal(first.id);
        await decide(first);
        expect(await nodes[0].run(decidedApprovals, [second.id])).to.deep.equal([]);
        const third = approvalRandom();
        expect(await begin(third, { ...own, now: now + 2_000 })).to.not.include({ status: 'approved' });
      });

    it('the audit has the question and the press, each with its reason', async () => {
      await decide(await asked());
      await decide(await asked({ device: 'b', typed: { number: 42, numbers: [17, 42, 93] } }), { number: 17 });
      await decide(await asked({ device: 'c' }), { decision: 'decline' });
      await decide(await asked({ device: 'd' }), { decision: 'fraud' });
      const audited = await rows('SELECT result, reason, method FROM audit ORDER BY id');
      expect(audited.map(({ result, reason }) => `${String(result)} ${String(reason)}`)).to.deep.equal([
        'challenge approval-asked',
        'answer approval-given',
        'challenge approval-asked',
        'answer approval-number-wrong',
        'challenge approval-asked',
        'answer approval-declined',
        'challenge approval-asked',
        'answer approval-fraud',
      ]);
      expect(new Set(audited.map(({ method }) => method))).to.deep.equal(new Set(['approval']));
    });

    it('two that tell no device never join each other', async () => {
      const first = await asked({ device: null });
      expect((await asked({ device: null })).id).to.not.equal(first.id);
    });

    it('another user does not join', async () => {
      const first = await asked();
      const other = await addUser(nodes[0], { names: [randomUUID()] });
      const sql = "UPDATE users SET phone = '+33612345613' WHERE id = ?";
      await nodes[0].run(execute, { sql, parameters: [other] });
      expect(await begin(approvalRandom(), { userId: other })).to.include({ joined: false });
      expect(await nodes[0].run(decidedApprovals, [first.id])).to.deep.equal([]);
    });

    it('an answer serves requests that would have joined for its window, and none after', async () => {
      const random = await asked();
      await decide(random);
      expect(await begin(approvalRandom(), { now: now + 10_999 })).to.include({ status: 'approved', joined: true });
      expect(await begin(approvalRandom(), { now: now + 11_000 })).to.include({ status: 'open', joined: false });
    });

    it('an answer serves nobody once the clock was set back, the user was reset, or a prompt went on with its code', async () => {
      await decide(await asked());
      expect(await begin(approvalRandom(), { now: now - 3_600_000 })).to.include({ status: 'open', joined: false });
      await nodes[0].run(resetUser, { user: folded(), change: change('user reset') });
      expect(await begin(approvalRandom(), { now: now + 2_000 })).to.include({ status: 'open', joined: false });
      const typed = { number: 42, numbers: [17, 42, 93] };
      await decide(await asked({ device: 'b', typed }), { number: 42 });
      expect(await begin(approvalRandom(), { device: 'b', now: now + 2_000 })).to.include({ joined: false });
    });

    it('a decline is told to them too', async () => {
      await decide(await asked(), { decision: 'decline' });
      expect(await begin(approvalRandom(), { now: now + 2_000 })).to.include({ status: 'declined', joined: true });
    });

    it('is over at its end, and before it if the clock was set back', async () => {
      expect(await decide(await asked(), { now: now + 30_000 })).to.deep.equal({ kind: 'gone' });
      expect(await decide(await asked({ device: 'b' }), { now: now - 3_600_000 })).to.deep.equal({ kind: 'gone' });
    });

    it('three that are left unanswered are the last; a code that is right, an approval or an unlock begins anew', async () => {
      const last = [];
      for (const device of ['a', 'b', 'c']) last.push(await asked({ device }));
      expect(await begin(approvalRandom(), { device: 'd' })).to.deep.equal({ kind: 'refused', why: 'unanswered' });
      expect(await nodes[1].run(showApprovalState, userId)).to.deep.equal({ unanswered: 3, blockedUntil: 0 });
      const unlocked = { user: folded(), change: change('user unlock') };
      await nodes[0].run(unlockUser, unlocked);
      const fresh = await asked({ device: 'd' });
      await decide(fresh);
      for (const device of ['e', 'f', 'g']) await asked({ device });
      expect(await begin(approvalRandom(), { device: 'h' })).to.deep.equal({ kind: 'refused', why: 'unanswered' });
    });

    it('no number of requests at once gets more than the limit out', async () => {
      const outputs = await race((i) => begin(approvalRandom(), { device: `device ${i}` }, i));
      expect(outputs.filter(({ kind }) => kind === 'asked')).to.have.length(3);
      const [row] = await rows('SELECT count(*) AS n FROM outbox');
      expect(Number(row?.['n'])).to.equal(3);
    });

    it('"This was not me" declines, stops approvals and codes for a time, and tells the administrators', async () => {
      const random = await asked();
      const alerts = [{ to: 'sec@corp.example', outboxId: randomUUID() }];
      expect(await decide(random, { decision: 'fraud', alerts })).to.include({ kind: 'fraud', client: 'vpn' });
      const at = now + 3_600_999;
      expect(await begin(approvalRandom(), { device: 'x', now: at })).to.deep.equal({
        kind: 'refused',
        why: 'blocked',
      });
      const sent = await nodes[0].run(beginSentCode, { ...beginInput(userId, '123456', now + 2_000) });
      expect(sent).to.include({ kind: 'no-target', why: 'blocked' });
      const [mail] = await rows("SELECT target FROM outbox WHERE method = 'email'");
      expect(mail?.['target']).to.equal('s****@corp.example');
      expect(await begin(approvalRandom(), { device: 'x', now: now + 3_601_000 })).to.include({ kind: 'asked' });
      const setBack = now - 3_600_000;
      const earlier = await nodes[0].run(beginSentCode, { ...beginInput(userId, '123456', setBack) });
      expect(earlier, 'the clock was set back').to.include({ kind: 'queued' });
      expect(await begin(approvalRandom(), { device: 'y', now: setBack })).to.include({ kind: 'asked' });
    });

    it('"This was not me" ends all else that is open of the user, and nothing of another', async () => {
      const first = await asked();
      const second = await asked({ device: 'b' });
      const number = { number: 42, numbers: [17, 42, 93] } as const;
      const third = await asked({ device: 'c', typed: number });
      const otherUser = await addUser(nodes[0], { names: [randomUUID()] });
      await nodes[0].run(execute, {
        sql: "UPDATE users SET email = 'bob@corp.example' WHERE id = ?",
        parameters: [otherUser],
      });
      const foreign = await asked({ userId: otherUser });
      expect(await decide(first, { decision: 'fraud' })).to.have.property('kind', 'fraud');
      expect(await decide(second)).to.deep.equal({ kind: 'gone' });
      expect(await decide({ token: answerToken('+33612345612', second.reference) }, { by: 'text' })).to.deep.equal({
        kind: 'gone',
      });
      expect(await decide(third, { number: 42 })).to.deep.equal({ kind: 'gone' });
      expect(await nodes[1].run(decidedApprovals, [second.id])).to.deep.equal([{ id: second.id, status: 'closed' }]);
      expect(await decide(foreign)).to.have.property('kind', 'approved');
    });

    it('"radgate user unlock" ends the block', async () => {
      await decide(await asked(), { decision: 'fraud' });
      await nodes[0].run(unlockUser, { user: folded(), change: change('user unlock') });
      await asked({ device: 'x' });
    });

    it('of three numbers the one that is not shown declines', async () => {
      const typed = { number: 42, numbers: [17, 42, 93] };
      expect(await decide(await asked({ typed }), { number: 17 })).to.include({ kind: 'number-wrong' });
    });

    for (const by of ['page', 'notice'] as const)
      it(`a yes without a number, where one is asked for, decides nothing, and declining works: ${by}`, async () => {
        const random = await asked({ typed: { number: 42, numbers: [17, 42, 93] } });
        expect(await decide(random, { by })).to.deep.equal({ kind: 'gone' });
        expect(await decide(random, { by, decision: 'decline' })).to.include({ kind: 'declined' });
      });

    it('the right number shows a code that is good once, and for its own login alone', async () => {
      const random = await asked({ typed: { number: 42, numbers: [17, 42, 93] }, loginId: 'login1' });
      expect(await decide(random, { number: 42 })).to.include({ kind: 'approved', code: '271828', loginId: 'login1' });
      const answer = (loginId: string) =>
        nodes[1].run(attempt, {
          userId,
          methods: ['approval'],
          answer: Buffer.from('271 828'),
          now: now + 2_000,
          attemptsLeft: 2,
          windows,
          lockout: { ...lockoutRules, repeatWindow: 0 },
          audit: {
            at: now,
            loginId,
            userName: name,
            client: 'vpn',
            clientAddress: '192.0.2.1',
            callingStationId: null,
            primary: 'nps',
            latency: 1,
          },
        });
      expect(await answer('login2')).to.have.property('outcome', 'code-wrong');
      expect(await answer('login1')).to.deep.equal({ outcome: 'accepted', method: 'approval' });
      expect(await answer('login1')).to.have.property('outcome', 'code-used');
    });

    it('a NAS that gives up ends it, or its prompt goes on with a number; what was decided meanwhile counts', async () => {
      const close = (id: string, goesOn: Parameters<typeof closeApproval.run>[1]['goesOn'], at = now + 30_000) =>
        nodes[1].run(closeApproval, { id, userId, now: at, goesOn });
      const first = await asked();
      expect(await close(first.id, undefined)).to.deep.equal({ status: 'closed', number: null });
      expect(await decide(first, { now: now + 29_000 })).to.deep.equal({ kind: 'gone' });

      const second = await asked({ device: 'b' });
      const goesOn = { loginId: 'login2', number: 42, numbers: [17, 42, 93], until: now + 300_000 };
      expect(await close(second.id, goesOn)).to.deep.equal({ status: 'open', number: 42 });
      // Another request that had joined shows the same number, and the page has one question.
      expect(await close(second.id, { ...goesOn, number: 93, loginId: 'login3' })).to.have.property('number', 42);
      expect(await decide(second, { number: 42, now: now + 200_000 })).to.include({
        kind: 'approved',
        loginId: 'login3',
      });
      // The code is for the prompt: whoever waits still has no answer by it.
      expect(await close(second.id, undefined, now + 201_000)).to.deep.equal({ status: 'closed', number: null });
      expect(await nodes[0].run(decidedApprovals, [second.id])).to.deep.equal([{ id: second.id, status: 'closed' }]);

      const third = await asked({ device: 'c' });
      await decide(third, { decision: 'decline' });
      expect(await close(third.id, goesOn)).to.deep.equal({ status: 'declined', number: null });
    });

    it('a request that joined and waits longer keeps it open', async () => {
      const first = await asked();
      await begin(approvalRandom(), { now: now + 20_000 });
      const closed = await nodes[0].run(closeApproval, { id: first.id, userId, now: now + 30_000, goesOn: undefined });
      expect(closed.status).to.equal('open');
      expect(await decide(first, { now: now + 40_000 })).to.include({ kind: 'approved' });
    });

    it('one login has one open at most', async () => {
      const first = await asked({ loginId: 'login1' });
      await asked({ loginId: 'login1', device: 'b' });
      expect(await decide(first)).to.deep.equal({ kind: 'gone' });
    });

    it('a user who was disabled or reset has none', async () => {
      const first = await asked();
      await nodes[0].run(switchUser, { user: folded(), disabled: true, change: change('user set') });
      expect(await decide(first)).to.deep.equal({ kind: 'gone' });
      await nodes[0].run(switchUser, { user: folded(), disabled: false, change: change('user set') });
      const second = await asked({ device: 'b' });
      await nodes[0].run(resetUser, { user: folded(), change: change('user reset') });
      expect(await decide(second)).to.deep.equal({ kind: 'gone' });
    });

    it('a user whom nothing reaches, or whose limits are reached, is not asked', async () => {
      expect(await begin(approvalRandom(), { channels: [] })).to.deep.equal({ kind: 'refused', why: 'no-target' });
      const rules = { ...noLimits, limits: { ...noLimits.limits, user: [{ most: 1, window: 60_000 }] } };
      expect(await begin(approvalRandom(), { rules })).to.include({ kind: 'asked' });
      expect(await begin(approvalRandom(), { rules, device: 'b' })).to.deep.equal({ kind: 'refused', why: 'limited' });
    });

    it('what ended is removed with its addresses', async () => {
      await asked();
      expect(await nodes[0].run(purgeApprovals, now + 30_000)).to.equal(0);
      expect(await nodes[0].run(purgeApprovals, now + 30_001)).to.equal(1);
      expect(await rows('SELECT * FROM approval_links')).to.deep.equal([]);
    });
  });
