import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import {
  beginSentCode,
  challengeOf,
  laterLoginAt,
  type BeginInput,
  type BeginOutput,
} from '../../src/factor/sent-code.ts';
import { countDenials } from '../../src/audit/count-denials.ts';
import { countUsage } from '../../src/audit/count-usage.ts';
import { listRows } from '../../src/audit/list-rows.ts';
import { readStories } from '../../src/audit/read-stories.ts';
import { record } from '../../src/audit/record.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { reasonOf } from '../../src/login/reasons.ts';
import { formatEcs } from '../../src/siem/format-ecs.ts';
import { severityOf } from '../../src/siem/severity.ts';
import { bootId } from '../../src/store/host-time.ts';
import { listOutbox } from '../../src/store/list-outbox.ts';
import { noteReceipt } from '../../src/store/note-receipt.ts';
import { purgeOutbox } from '../../src/store/purge-outbox.ts';
import { settleMessage } from '../../src/store/settle-message.ts';
import { takeMessages, type TakeOutput } from '../../src/store/take-messages.ts';
import type { Row } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { everyRow } from '../support/audit-rows.ts';
import { answeredLogin, beginInput, noLimits } from '../support/begin-input.ts';
import { windows } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers, sqlite } from '../support/store-drivers.ts';
import { checkSms, empty, execute, query } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const racers = 16;
const monotonic = 1_000_000;

for (const driver of drivers)
  driver.suite(`contract: outbox and sent codes on ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    /** Only the embedded store goes by the clock that is passed to it. */
    const clockIsOurs = driver === sqlite;
    let userId: string;

    beforeEach(async () => {
      await nodes[0].run(empty, null);
      userId = await newUser('+33612345612');
    });

    const node = (i: number): Store => nodes[i % 2 === 0 ? 0 : 1];
    const race = <T>(each: (i: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: racers }, (_, i) => each(i)));
    const newUser = async (phone: string | null, email: string | null = null): Promise<string> => {
      const id = await addUser(nodes[0], { names: [randomUUID()] });
      const sql = 'UPDATE users SET phone = ?, email = ? WHERE id = ?';
      await nodes[0].run(execute, { sql, parameters: [phone, email, id] });
      return id;
    };
    const begin = (code: string, more: Partial<BeginInput> = {}, i = 0): Promise<BeginOutput> =>
      node(i).run(beginSentCode, { ...beginInput(userId, code, now), ...more });
    const check = async (typed: string, at = now, i = 0): Promise<string> =>
      (await node(i).run(checkSms, { userId, octets: Buffer.from(typed), now: at, windows, loginId: answeredLogin }))
        .kind;
    const rows = (columns = '*'): Promise<Row[]> =>
      nodes[1].run(query, { sql: `SELECT ${columns} FROM outbox ORDER BY created_at, id` });
    const take = (owner: string, passed = 0, i = 0, room = 100): Promise<TakeOutput> =>
      node(i).run(takeMessages, {
        owner,
        room: { sms: room, voice: room, email: room, notify: room, push: room },
        time: { boot: bootId(), now: monotonic + passed },
        lease: 30_000,
        wall: now + passed,
      });
    const settle = (
      id: string,
      owner: string,
      tries: number,
      sending: Parameters<typeof settleMessage.run>[1]['sending'],
    ): Promise<string> =>
      nodes[0].run(settleMessage, { id, owner, tries, sending, time: { boot: bootId(), now: monotonic }, wall: now });
    const sent = { kind: 'sent', provider: 'gateway', providerId: 'p1' } as const;

    it('a code is good once, for one of 16, and neither before it is sent nor for another user', async () => {
      expect(await check('123456')).to.equal('wrong');
      expect(await begin('123456')).to.deep.equal({ kind: 'queued', target: '+33 ** ** ** 12', language: 'en' });
      expect(await check('123457')).to.equal('wrong');
      const kinds = await race((i) => check(i % 2 === 0 ? '123456' : '123 456', now, i));
      expect(kinds.toSorted()).to.deep.equal(['right', ...Array<string>(racers - 1).fill('used')]);
      const other = await newUser('+33612345613');
      expect(
        (
          await nodes[0].run(checkSms, {
            userId: other,
            octets: Buffer.from('123456'),
            now,
            windows,
            loginId: answeredLogin,
          })
        ).kind,
      ).to.equal('wrong');
    });

    it('a code is of the login that it was sent for, and good for no other of the same user', async () => {
      await begin('123456');
      const answer = { userId, octets: Buffer.from('123456'), now, windows };
      for (const loginId of ['another', 'log', 'login-1', ''])
        expect((await nodes[0].run(checkSms, { ...answer, loginId })).kind, loginId).to.equal('wrong');
      expect(await check('123456')).to.equal('right');
    });

    it('a code for a later login is good at its client alone, for any login there, once', async () => {
      const at = (client: string) => challengeOf(laterLoginAt(client), randomUUID());
      await begin('123456', { challengeId: at('vpn') });
      const answer = { userId, octets: Buffer.from('123456'), now, windows };
      const held = async (loginId: string): Promise<string> =>
        (await nodes[1].run(checkSms, { ...answer, loginId })).kind;
      for (const other of [laterLoginAt('mail'), laterLoginAt(''), answeredLogin])
        expect(await held(other), other).to.equal('wrong');
      expect(await held(laterLoginAt('vpn'))).to.equal('right');
      expect(await held(laterLoginAt('vpn'))).to.equal('used');
    });

    it('a code ends with its time, and with the next one of its method', async () => {
      await begin('111111');
      expect(await check('111111', now + 300_000)).to.equal('wrong');
      await begin('222222', { now: now + 1 });
      expect(await check('111111', now + 2)).to.equal('wrong');
      await begin('333333', { method: 'voice', now: now + 2 });
      expect(await check('333333', now + 3)).to.equal('wrong');
      expect(await check('222222', now + 3)).to.equal('right');
    });

    it('of 16 that begin one challenge at once one message is queued, and its code alone is good', async () => {
      const challengeId = challengeOf(answeredLogin, 1_000);
      const codes = Array.from({ length: racers }, (_, i) => `${100_000 + i}`);
      await race((i) => begin(codes[i] ?? '', { challengeId, outboxId: randomUUID() }, i));
      expect(await rows('challenge_id')).to.deep.equal([{ challenge_id: challengeId }]);
      const [message] = (await take('a')).taken;
      const good = await Promise.all(codes.map((code) => check(code)));
      expect(good.filter((kind) => kind === 'right')).to.have.length(1);
      expect(codes[good.indexOf('right')]).to.equal(message?.envelope.code);
    });

    it('no limit is exceeded by 16 at once, each scope tells itself, and the others go on', async () => {
      const rate = [{ most: 5, window: 300_000 }];
      for (const which of ['user', 'number', 'client', 'prefix', 'total'] as const) {
        await nodes[0].run(empty, null);
        userId = await newUser('+33612345612');
        const rules = { ...noLimits, limits: { ...noLimits.limits, [which]: rate } };
        const outputs = await race((i) => begin('123456', { rules }, i));
        const kinds = outputs.map(({ kind }) => kind).toSorted();
        expect(kinds, which).to.deep.equal([...Array<string>(11).fill('limited'), ...Array<string>(5).fill('queued')]);
        const limited = outputs.find(({ kind }) => kind === 'limited');
        if (limited?.kind !== 'limited') return expect.fail('nobody was limited');
        expect(limited.which).to.equal(which);
        expect(limited.until).to.be.within(now + 300_000, now + 330_000);
        expect((await begin('123456', { rules, now: limited.until - 1 })).kind).to.equal('limited');
        expect((await begin('123456', { rules, now: limited.until })).kind).to.equal('queued');
      }
    });

    it('a limited user keeps the code that was sent, and costs nothing', async () => {
      const rules = { ...noLimits, limits: { ...noLimits.limits, user: [{ most: 1, window: 300_000 }] } };
      await begin('123456', { rules });
      expect((await begin('654321', { rules })).kind).to.equal('limited');
      expect(await rows('id')).to.have.length(1);
      expect(await check('654321')).to.equal('wrong');
      expect(await check('123456')).to.equal('right');
    });

    it('says why there is nobody to send to', async () => {
      const why = async (phone: string | null, more: Partial<BeginInput> = {}): Promise<unknown> => {
        userId = await newUser(phone);
        const output = await begin('123456', more);
        return 'why' in output ? output.why : output.kind === 'queued' && output.target;
      };
      expect(await why(null)).to.equal('none');
      expect(await why('0612345612')).to.equal('invalid');
      expect(await why('+33612345612', { rules: { ...noLimits, deny: ['+336'] } })).to.equal('not-allowed');
      expect(await why('+33612345612', { rules: { ...noLimits, allow: ['+41'] } })).to.equal('not-allowed');
      const directory = { phones: ['nonsense', '+41 79 123 45 67'], emails: [] };
      expect(await why(null, { directory })).to.equal('+41 ** ** ** 67');
      expect(await why('+33612345612', { directory, order: ['directory', 'store'] })).to.equal('+41 ** ** ** 67');
      expect(await why('+33612345612', { directory, order: ['store'] })).to.equal('+33 ** ** ** 12');
      expect(await rows('id')).to.have.length(3);
    });

    it('the message is in the language of the user, sealed, and wiped once it is sent', async () => {
      await nodes[0].run(execute, { sql: "UPDATE users SET language = 'fr' WHERE id = ?", parameters: [userId] });
      expect(await begin('123456')).to.include({ language: 'fr' });
      const [row] = await rows();
      expect(JSON.stringify(row)).not.to.contain('123456');
      expect(Buffer.from(row?.['sealed'] as Buffer).includes('123456')).to.equal(false);
      const [message] = (await take('a')).taken;
      expect(message?.envelope).to.include({ to: '+33612345612', code: '123456', language: 'fr' });
      expect(message?.envelope.text).to.match(/^123456 est votre code pour the VPN/);
      expect(await settle(message?.id ?? '', 'a', 1, sent)).to.equal('sent');
      expect(await rows('state, sealed, provider, provider_id')).to.deep.equal([
        { state: 'sent', sealed: null, provider: 'gateway', provider_id: 'p1' },
      ]);
    });

    it('the audit tells what became of each, in the chain and masked, and no report of logins counts it', async () => {
      const loginId = '0123456789abcdef';
      const audited = (): Promise<Row[]> =>
        nodes[1].run(query, {
          sql: `SELECT login_id, user_id, method, result, client, reason FROM audit ORDER BY id`,
        });
      await begin('111111', { challengeId: challengeOf(loginId, 1) });
      const [first] = (await take('a')).taken;
      const later = { kind: 'later', why: 'gateway: HTTP 500', delay: 60_000 } as const;
      expect(await settle(first?.id ?? '', 'a', 1, later)).to.equal('queued');
      expect(await audited()).to.deep.equal([]);
      await begin('222222', { now: now + 1, challengeId: challengeOf(laterLoginAt('vpn'), loginId) });
      const [second] = (await take('a')).taken;
      expect(await settle(second?.id ?? '', 'a', 1, sent)).to.equal('sent');
      expect(await settle(second?.id ?? '', 'a', 1, sent)).to.equal('lost');
      await begin('333333', { now: now + 2, challengeId: 'another' });
      const [third] = (await take('a')).taken;
      expect(await settle(third?.id ?? '', 'a', 1, { kind: 'failed', why: 'no such number' })).to.equal('failed');

      const rowsOfAudit = await audited();
      expect(rowsOfAudit.map((row) => [row['login_id'], String(row['reason']).split(':')[0]])).to.deep.equal([
        [loginId, 'message-abandoned'],
        [loginId, 'message-sent'],
        [third?.id, 'message-failed'],
      ]);
      expect(rowsOfAudit[1]).to.include({ user_id: userId, method: 'sms', result: 'send', client: 'vpn' });
      expect(rowsOfAudit[1]?.['reason']).to.match(/^message-sent: gateway, \+33[^0-9]+12$/);
      expect(reasonOf(String(rowsOfAudit[1]?.['reason']))?.meaning).to.contain('a provider has taken a message');
      expect(JSON.stringify(rowsOfAudit)).to.not.match(/111111|222222|333333|33612345612/);

      const all = { since: 0, until: Date.now() * 2 };
      expect((await nodes[0].run(countDenials, { ...all, limit: 10 })).total).to.equal(0);
      expect(await nodes[0].run(countUsage, all)).to.deep.equal({ users: 0, accepted: [] });
      expect(await nodes[0].run(listRows, { ...everyRow, changes: false })).to.deep.equal([]);
      const told = await nodes[0].run(listRows, everyRow);
      expect(told).to.have.length(3);
      const [failed] = told
        .map((row) => ({ ...row, chain: 1, seq: row.id }))
        .filter(({ reason }) => reason.startsWith('message-failed'));
      if (!failed) throw new Error('no failure');
      expect(severityOf(failed)).to.equal(4);
      expect(JSON.parse(formatEcs(failed))).to.nested.include({
        'event.outcome': 'failure',
        'event.action': 'message-failed',
      });
      expect(JSON.parse(formatEcs(failed)).event.category).to.deep.equal(['network']);
      const verified = await verifyAudit(nodes[1], { anchors: [], onlyNewer: false, onProgress: () => undefined });
      expect([verified.rows, verified.findings]).to.deep.equal([3, []]);

      // In the story of the login, before the row that ends it; what stands alone is no login.
      const row = {
        userName: 'x',
        clientAddress: '192.0.2.1',
        callingStationId: null,
        primary: 'nps',
        method: 'sms',
        latency: 1,
      };
      const end = {
        ...row,
        at: now + 9,
        loginId,
        userId,
        client: 'vpn',
        result: 'accept',
        reason: 'accepted',
      } as const;
      await nodes[0].run(record, end);
      const stories = await readStories(nodes[0], { userId, name: 'x', bare: [] }, 10);
      expect(stories.map(({ last, rows }) => [last.reason.split(':')[0], rows.length])).to.deep.equal([
        ['message-failed', 1],
        ['accepted', 3],
      ]);
    });

    it('each message is taken by one of 16 takers', async () => {
      for (let i = 0; i < 40; i++) await begin('123456', { userId: await newUser(`+336000000${10 + i}`) });
      const takes = await race((i) => take(`owner ${i}`, 0, i, 5));
      const ids = takes.flatMap(({ taken }) => taken.map(({ id }) => id));
      const rest = await take('last');
      const all = [...ids, ...rest.taken.map(({ id }) => id)];
      expect(all).to.have.length(40);
      expect(new Set(all).size).to.equal(40);
      expect((await take('nobody')).taken).to.deep.equal([]);
    });

    it('what is to be tried later is due later; a code that was replaced is not', async () => {
      await begin('111111');
      const [first] = (await take('a')).taken;
      const later = { kind: 'later', why: 'gateway: HTTP 500', delay: 60_000 } as const;
      expect(await settle(first?.id ?? '', 'a', 1, later)).to.equal('queued');
      const { taken, wait } = await take('a');
      expect(taken).to.deep.equal([]);
      expect(wait).to.be.within(1, 60_000);
      await begin('222222', { now: now + 1 });
      const next = await take('b');
      expect(next.taken.map(({ envelope }) => envelope.code)).to.deep.equal(['222222']);
      expect(next.ended.map(({ id }) => id)).to.deep.equal([first?.id]);
      expect(await rows('state, sealed IS NULL AS wiped')).to.deep.include.members([{ state: 'abandoned', wiped: 1 }]);
    });

    it('what can only be tried after its time is abandoned, and a failure is wiped', async () => {
      await begin('111111');
      const [message] = (await take('a')).taken;
      const later = { kind: 'later', why: 'x', delay: 400_000 } as const;
      expect(await settle(message?.id ?? '', 'a', 1, later)).to.equal('abandoned');
      await begin('222222', { now: now + 1 });
      const [second] = (await take('a')).taken;
      expect(await settle(second?.id ?? '', 'a', 1, { kind: 'failed', why: 'no such number' })).to.equal('failed');
      const sealed = await nodes[1].run(query, { sql: 'SELECT id FROM outbox WHERE sealed IS NOT NULL' });
      expect(sealed).to.deep.equal([]);
    });

    if (clockIsOurs) {
      it('nobody else takes a message within its lease; after it somebody does, and the first can say nothing more', async () => {
        await begin('111111');
        const [message] = (await take('a')).taken;
        expect((await take('b', 29_999)).taken).to.deep.equal([]);
        const [again] = (await take('b', 30_000)).taken;
        expect(again).to.include({ id: message?.id, tries: 2 });
        expect(await settle(message?.id ?? '', 'a', 1, sent)).to.equal('lost');
        expect(await settle(message?.id ?? '', 'b', 2, sent)).to.equal('sent');
      });

      it('a message ends with its time and with the boot', async () => {
        await begin('111111');
        expect((await take('a', 300_000)).ended).to.have.length(1);
        await begin('222222', { now: now + 1, time: { boot: 'another', now: monotonic } });
        const { taken, ended } = await take('a');
        expect(taken).to.deep.equal([]);
        expect(ended.map(({ why }) => why)).to.deep.equal(['the host was started anew']);
        expect(await rows('state, sealed')).to.deep.equal([
          { state: 'abandoned', sealed: null },
          { state: 'abandoned', sealed: null },
        ]);
      });
    }

    it('a receipt is of the message that its provider gave that name, however it is spelled, the likeliest first', async () => {
      for (const [i, providerId] of ['deadbeef', '3735928559'].entries()) {
        await begin('111111', { userId: await newUser(`+3360000000${i}`), now: now + i });
        const [message] = (await take('a')).taken;
        await settle(message?.id ?? '', 'a', 1, { ...sent, providerId });
      }
      const note = (provider: string, ...providerIds: string[]): Promise<boolean> =>
        nodes[0].run(noteReceipt, { provider, providerIds, status: providerIds.join(' ') });
      expect(await note('gateway', '3735928559', 'deadbeef')).to.equal(true);
      expect(await rows('receipt')).to.deep.equal([{ receipt: null }, { receipt: '3735928559 deadbeef' }]);
      expect(await note('gateway', 'DEADBEEF', 'deadbeef')).to.equal(true);
      expect(await note('another', 'deadbeef')).to.equal(false);
      expect(await note('gateway', 'p1')).to.equal(false);
      expect(await rows('receipt')).to.deep.equal([
        { receipt: 'DEADBEEF deadbeef' },
        { receipt: '3735928559 deadbeef' },
      ]);
    });

    it('what has ended is listed and, when it is old, removed; what is under way is not', async () => {
      const rules = { ...noLimits, limits: { ...noLimits.limits, user: [{ most: 5, window: 300_000 }] } };
      await begin('111111', { rules });
      const [message] = (await take('a')).taken;
      await settle(message?.id ?? '', 'a', 1, sent);
      await begin('222222', { rules, now: now + 1 });
      const filter = { state: null, userId: null, limit: 10, offset: 0 };
      const { total, messages } = await nodes[0].run(listOutbox, filter);
      expect(total).to.equal(2);
      expect(messages.map(({ state }) => state)).to.deep.equal(['queued', 'sent']);
      expect(JSON.stringify(messages)).not.to.match(/111111|222222|612345612/);
      const wall = now + 400_000;
      expect(await nodes[0].run(purgeOutbox, { wall, keep: 1_000, limit: 100 })).to.equal(4);
      expect(await rows('state')).to.deep.equal([{ state: 'queued' }]);
      expect(await nodes[0].run(purgeOutbox, { wall, keep: 1_000, limit: 100 })).to.equal(0);
    });
  });
