import { generateKeyPairSync, randomBytes, randomUUID, sign, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { approvalRandom } from '../../src/approval/approval.ts';
import { beginApproval, type BeginApprovalOutput } from '../../src/approval/begin-approval.ts';
import { closeApproval } from '../../src/approval/close-approval.ts';
import { choicesRandom } from '../../src/device/choices.ts';
import {
  decideByDevice,
  type DecideByDeviceInput,
  type DecideByDeviceOutput,
} from '../../src/device/decide-by-device.ts';
import { issueNonce, nonceRandom, nonceSize } from '../../src/device/device-nonces.ts';
import { listDevices, maxDevices, revokeDevices } from '../../src/device/devices.ts';
import { listWaiting, mostWaiting, type ListOutput, type WaitingApproval } from '../../src/device/list-waiting.ts';
import { signedOctets } from '../../src/device/signature.ts';
import type { SignedDecision } from '../../src/device/signed-decision.ts';
import { createEnrolments, type NewEnrolments } from '../../src/enrol/create-enrolments.ts';
import { beginEnrolDevice, enrolDevice, type DeviceEnrolled, type EnrolDevice } from '../../src/enrol/enrol-device.ts';
import { finishEnrolment } from '../../src/enrol/finish-enrolment.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { bootId } from '../../src/store/host-time.ts';
import { identify } from '../../src/store/identify.ts';
import { resetUser } from '../../src/store/reset-user.ts';
import type { Row } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { switchUser } from '../../src/store/switch-user.ts';
import { approvalInput, whatFollows } from '../support/approval-input.ts';
import { lockoutRules } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { octetsOf } from '../support/octets-of-decision.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { empty, query } from '../support/test-transactions.ts';

const now = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;
const racers = 12;
const applications = ['the VPN', 'Desktops', 'Wi-Fi', 'Mail'];
const time = { boot: bootId(), now: 1_000 };

/** A phone: its key pair, and the id that it got. */
interface Phone {
  readonly id: string;
  readonly key: KeyObject;
}

const newKeys = (): { readonly key: KeyObject; readonly point: Buffer } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { key: privateKey, point: publicKey.export({ format: 'der', type: 'spki' }).subarray(-65) };
};
const signWith = (key: KeyObject, octets: Buffer): Buffer => sign('sha256', octets, { key, dsaEncoding: 'ieee-p1363' });

for (const driver of drivers)
  driver.suite(`contract: phones that approve on ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    let userId: string;
    let name: string;

    beforeEach(async () => {
      await nodes[0].run(empty, null);
      name = randomUUID();
      userId = await addUser(nodes[0], { names: [name] });
    });

    const node = (i: number): Store => nodes[i % 2 === 0 ? 0 : 1];
    const race = <T>(each: (i: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: racers }, (_, i) => each(i)));
    const rows = (sql: string): Promise<Row[]> => nodes[1].run(query, { sql });
    const named = (of = name) => foldUserName(of) ?? expect.fail('no name');
    const change = (command: string) => ({ id: randomUUID(), command, at: now });
    const reasons = async (): Promise<unknown[]> =>
      (await rows('SELECT reason FROM audit ORDER BY id')).map((row) => row['reason']);

    const newLink = async (more: Partial<NewEnrolments> = {}, of = userId): Promise<Buffer> => {
      const token = randomBytes(16);
      const links = [{ userId: of, token, mail: null }];
      const input = { links, existing: 'add', again: true, phones: false, expires: now + 60 * minute, time } as const;
      expect(await nodes[0].run(createEnrolments, { ...input, change: change('user enrol'), ...more })).to.deep.equal([
        'created',
      ]);
      return token;
    };
    const step = { now, phones: false, address: '192.0.2.7' };
    /** An address by which a phone is set up. */
    const newAddress = async (token: Buffer): Promise<Buffer> => {
      const device = randomBytes(16);
      expect(await nodes[0].run(beginEnrolDevice, { ...step, token, device })).to.deep.equal({ kind: 'begun' });
      return device;
    };
    const setUp = (
      token: Buffer,
      { key, point } = newKeys(),
      own: Partial<EnrolDevice> = {},
      i = 0,
    ): Promise<DeviceEnrolled> => {
      const signed = signedOctets('enrolment', [token.toString('base64url'), point.toString('base64url'), 'Pixel']);
      const signature = signWith(key, signed);
      const id = randomBytes(16).toString('hex');
      return node(i).run(enrolDevice, { ...step, token, id, point, name: 'Pixel', signature, ...own });
    };
    const newPhone = async (of = userId): Promise<Phone> => {
      const keys = newKeys();
      const id = randomBytes(16).toString('hex');
      const address = await newAddress(await newLink({}, of));
      expect(await setUp(address, keys, { id })).to.include({ kind: 'enrolled' });
      return { id, key: keys.key };
    };

    const begin = async (own: { readonly number?: number; readonly at?: number; readonly of?: string } = {}) => {
      const random = approvalRandom();
      const { number, at = now, of = userId } = own;
      const input = approvalInput({ userId: of, userName: name }, random, at);
      const output: BeginApprovalOutput = await nodes[0].run(beginApproval, {
        ...input,
        typed: number === undefined ? undefined : { number, numbers: [number, 98, 99] },
        window: 0,
        limit: 20,
        // Of another client each: else the second would wait for the answer to the first.
        audit: { ...input.audit, client: `vpn ${random.id}` },
      });
      return { id: random.id, output };
    };
    const asked = async (own: Parameters<typeof begin>[0] = {}): Promise<string> => {
      const { id, output } = await begin(own);
      expect(output).to.deep.equal({ kind: 'asked', id, status: 'open', joined: false, target: null, isCall: false });
      return id;
    };
    const newNonce = async ({ id }: Pick<Phone, 'id'>, at = now): Promise<Buffer> => {
      const nonce = await nodes[1].run(issueNonce, { device: id, random: randomBytes(nonceRandom), now: at });
      return nonce ?? expect.fail('no such phone');
    };
    const list = async (phone: Phone, at = now): Promise<ListOutput> => {
      const nonce = await newNonce(phone, at);
      return nodes[0].run(listWaiting, {
        device: phone.id,
        nonce,
        signature: signWith(phone.key, signedOctets('list', [phone.id, nonce.toString('base64url')])),
        now: at,
        next: randomBytes(nonceRandom),
        applications,
        random: Array.from({ length: mostWaiting }, () => randomBytes(choicesRandom)),
      });
    };
    const waiting = async (phone: Phone, at = now): Promise<readonly WaitingApproval[]> => {
      const listed = await list(phone, at);
      return listed.kind === 'waiting' ? listed.approvals : expect.fail(listed.kind);
    };
    const signedBy = (
      phone: Phone,
      nonce: Buffer,
      approval: string,
      own: Partial<SignedDecision> = {},
    ): { readonly signature: Buffer; readonly decision: SignedDecision } => {
      const decision: SignedDecision = {
        approval,
        device: phone.id,
        decision: 'approve',
        number: '',
        application: 'the VPN',
        place: '203.0.113.5',
        startedAt: now,
        nonce: nonce.toString('base64url'),
        ...own,
      };
      return { decision, signature: signWith(phone.key, octetsOf(decision)) };
    };
    const send = (
      nonce: Buffer,
      { decision, signature }: ReturnType<typeof signedBy>,
      own: Partial<DecideByDeviceInput> = {},
      i = 0,
    ): Promise<DecideByDeviceOutput> =>
      node(i).run(decideByDevice, {
        by: 'app',
        device: decision.device,
        approval: decision.approval,
        decision: decision.decision,
        number: decision.number === '' ? null : Number(decision.number),
        application: decision.application,
        nonce,
        signature,
        now: now + 1_000,
        ...whatFollows,
        ...own,
      });
    const decide = async (
      phone: Phone,
      approval: string,
      own: Partial<SignedDecision> = {},
    ): Promise<DecideByDeviceOutput> => {
      const nonce = await newNonce(phone);
      return send(nonce, signedBy(phone, nonce, approval, own));
    };
    const statusOf = async (id: string): Promise<unknown> =>
      (await rows('SELECT id, status FROM approvals')).find((row) => row['id'] === id)?.['status'];

    it('is set up by an address that is good once, by the key that signs for it; the audit is told', async () => {
      const link = await newLink({ existing: 'refuse' });
      const address = await newAddress(link);
      const keys = newKeys();
      expect(await setUp(randomBytes(16), keys)).to.deep.equal({ kind: 'gone', why: 'unknown' });
      expect(await setUp(link, keys), 'the link itself').to.deep.equal({ kind: 'gone', why: 'unknown' });
      expect(await setUp(address, { ...keys, key: newKeys().key }), 'another key').to.deep.equal({ kind: 'refused' });
      expect(await setUp(address, keys, { name: 'Another' }), 'another name').to.deep.equal({ kind: 'refused' });
      expect(await setUp(address, { ...keys, point: Buffer.alloc(65, 4) }), 'no point').to.deep.equal({
        kind: 'refused',
      });
      expect(await setUp(address, keys)).to.deep.equal({ kind: 'enrolled', userName: name });
      expect(await setUp(address, newKeys())).to.deep.equal({ kind: 'gone', why: 'unknown' });
      expect(await nodes[0].run(beginEnrolDevice, { ...step, token: link, device: randomBytes(16) })).to.deep.equal({
        kind: 'done',
      });
      expect(await nodes[0].run(finishEnrolment, { ...step, token: link })).to.include({
        kind: 'finished',
        device: true,
      });
      expect(await reasons()).to.include.members([
        'enrol-device-begun',
        'enrol-device-confirmed: Pixel',
        'enrol-finished',
      ]);
      const identity = await nodes[1].run(identify, {
        proven: [],
        asked: named(),
        realms: undefined,
        lockout: lockoutRules,
        now,
      });
      expect(identity).to.include({ kind: 'known', hasDevice: true });
    });

    it('not after fifteen minutes, nor by an older address of the same link', async () => {
      const link = await newLink();
      const [older, address] = [await newAddress(link), await newAddress(link)];
      expect(await setUp(older)).to.deep.equal({ kind: 'gone', why: 'unknown' });
      expect(await setUp(address, newKeys(), { now: now + 15 * minute })).to.deep.equal({
        kind: 'gone',
        why: 'expired',
      });
      expect(await setUp(address, newKeys(), { now: now + 15 * minute - 1 })).to.include({ kind: 'enrolled' });
    });

    it(`of ${racers} at once one is set up by an address`, async () => {
      const address = await newAddress(await newLink());
      const kinds = (await race((i) => setUp(address, newKeys(), {}, i))).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'enrolled')).to.have.length(1);
      expect(await rows('SELECT id FROM devices')).to.have.length(1);
    });

    it(`${maxDevices} at most, each with a name of its own; a link that replaces ends the others, one that refuses is refused`, async () => {
      for (let i = 0; i < maxDevices; i++) await newPhone();
      expect(await setUp(await newAddress(await newLink()))).to.deep.equal({ kind: 'too-many' });
      const before = await nodes[0].run(listDevices, named());
      expect(before.devices.map((device) => device.name)).to.deep.equal([
        'Pixel',
        'Pixel 2',
        'Pixel 3',
        'Pixel 4',
        'Pixel 5',
      ]);
      const links = [{ userId, token: randomBytes(16), mail: null }];
      const input = { links, existing: 'refuse', again: true, phones: false, expires: now + minute, time } as const;
      expect(await nodes[0].run(createEnrolments, { ...input, change: change('user enrol') })).to.deep.equal([
        'has-factor',
      ]);
      expect(await setUp(await newAddress(await newLink({ existing: 'replace' })))).to.include({ kind: 'enrolled' });
      expect((await nodes[0].run(listDevices, named())).devices).to.have.length(1);
    });

    it('without a phone nobody is asked whom no message reaches', async () => {
      expect((await begin()).output).to.deep.equal({ kind: 'refused', why: 'no-target' });
    });

    it('shows what waits for its user alone, without the number; what it picks from stays the same on every phone', async () => {
      const [phone, other] = [await newPhone(), await newPhone()];
      const foreign = await newPhone(await addUser(nodes[0], { names: ['bob'] }));
      const [picked, typed] = [await asked(), await asked({ number: 42 })];
      const first = await waiting(phone);
      expect(first.map(({ id }) => id)).to.have.members([picked, typed]);
      expect(first.find(({ id }) => id === typed)?.ask).to.deep.equal({ kind: 'number', application: 'the VPN' });
      const pick = first.find(({ id }) => id === picked)?.ask;
      if (pick?.kind !== 'pick') throw new Error('nothing to pick from');
      expect(pick.applications).to.have.length(3).and.include('the VPN');
      expect(applications).to.include.members([...pick.applications]);
      for (let i = 0; i < 5; i++) expect(await waiting(i % 2 === 0 ? phone : other)).to.deep.equal(first);
      expect(await waiting(foreign)).to.deep.equal([]);
      expect(await waiting(phone, now + 31_000)).to.deep.equal([]);
    });

    it('the last that was asked comes first, and none of many is left out', async () => {
      const phone = await newPhone();
      const ids: string[] = [];
      for (let i = 0; i < mostWaiting; i++) ids.unshift(await asked({ at: now + i }));
      expect((await waiting(phone, now + minute / 4)).map(({ id }) => id)).to.deep.equal(ids);
    });

    it('of a user who is disabled has nothing to show until he is enabled again, and is no unknown one', async () => {
      const phone = await newPhone();
      await asked();
      const switched = (disabled: boolean): Promise<unknown> =>
        nodes[1].run(switchUser, { user: named(), disabled, change: change('user') });
      await switched(true);
      expect(await waiting(phone)).to.deep.equal([]);
      await switched(false);
      const approval = await asked();
      expect((await waiting(phone)).map(({ id }) => id)).to.include(approval);
    });

    it('approves once; a replay, on whichever node, does nothing', async () => {
      const phone = await newPhone();
      const approval = await asked();
      await waiting(phone);
      const nonce = await newNonce(phone);
      const signed = signedBy(phone, nonce, approval);
      const kinds = (await race((i) => send(nonce, signed, {}, i))).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'approved')).to.have.length(1);
      expect(kinds.filter((kind) => kind === 'refused')).to.have.length(racers - 1);
      expect(await statusOf(approval)).to.equal('approved');
      expect((await rows('SELECT decided_by FROM approvals'))[0]?.['decided_by']).to.equal('app');
      const { devices } = await nodes[0].run(listDevices, named());
      expect(devices[0]?.lastUsed).to.equal(now + 1_000);
      expect((await reasons()).filter((reason) => reason === 'approval-given')).to.have.length(1);
    });

    it('of two phones with different answers at once one counts', async () => {
      const [one, other] = [await newPhone(), await newPhone()];
      const approval = await asked();
      await waiting(one);
      const outputs = await Promise.all([decide(one, approval), decide(other, approval, { decision: 'decline' })]);
      const kinds = outputs.map(({ kind }) => kind);
      expect(kinds).to.include('gone');
      expect(kinds.filter((kind) => kind === 'approved' || kind === 'declined')).to.have.length(1);
    });

    const altered: Readonly<Record<string, Partial<DecideByDeviceInput>>> = {
      'a decline made a yes': { decision: 'approve' },
      'another application': { application: 'Desktops' },
      'a number that was not signed': { number: 42 },
      'a signature of nothing': { signature: Buffer.alloc(64) },
      'a signature that is too short': { signature: Buffer.alloc(63) },
    };
    for (const [title, own] of Object.entries(altered))
      it(`altered after it was signed: ${title} is refused, and takes nothing from its owner`, async () => {
        const phone = await newPhone();
        const approval = await asked();
        await waiting(phone);
        const nonce = await newNonce(phone);
        const decision = title.startsWith('a decline') ? 'decline' : 'approve';
        const signed = signedBy(phone, nonce, approval, { decision });
        expect(await send(nonce, signed, own)).to.deep.equal({ kind: 'refused' });
        expect(await statusOf(approval)).to.equal('open');
        expect(await send(nonce, signed)).to.include({ kind: decision === 'decline' ? 'declined' : 'approved' });
      });

    const shownOtherwise: Readonly<Record<string, Partial<SignedDecision>>> = {
      'another place': { place: '198.51.100.66' },
      'another time': { startedAt: now + 1 },
      'an application among none of those': { application: 'Payroll' },
    };
    for (const [title, own] of Object.entries(shownOtherwise))
      it(`signed over what was not shown: ${title} is refused`, async () => {
        const phone = await newPhone();
        const approval = await asked();
        await waiting(phone);
        expect(await decide(phone, approval, own)).to.deep.equal({ kind: 'refused' });
        expect(await statusOf(approval)).to.equal('open');
      });

    it('foreign: of another user, by another phone, or with its nonce', async () => {
      const bob = await addUser(nodes[0], { names: ['bob'] });
      const [phone, other, foreign] = [await newPhone(), await newPhone(), await newPhone(bob)];
      const approval = await asked();
      await waiting(phone);
      expect(await decide(foreign, approval), 'of another user').to.deep.equal({ kind: 'gone' });
      expect(await decide({ id: phone.id, key: other.key }, approval), 'another key').to.deep.equal({
        kind: 'refused',
      });
      const nonce = await newNonce(other);
      expect(await send(nonce, signedBy(phone, nonce, approval)), "another's nonce").to.deep.equal({ kind: 'refused' });
      const made = randomBytes(nonceSize);
      expect(await send(made, signedBy(phone, made, approval)), 'a nonce of its own').to.deep.equal({
        kind: 'refused',
      });
      const kept = await newNonce(phone);
      const signed = signedBy(phone, kept, approval);
      expect(await send(kept, signed, { device: other.id })).to.deep.equal({ kind: 'refused' });
      expect(await statusOf(approval)).to.equal('open');
      expect(await decide(phone, approval)).to.include({ kind: 'approved' });
    });

    it('revoked, reset or disabled: what is signed from then on counts nothing', async () => {
      const ends: readonly [string, () => Promise<unknown>, string][] = [
        [
          'revoked',
          () => nodes[1].run(revokeDevices, { user: named(), name: 'Pixel', change: change('user devices') }),
          'unknown-device',
        ],
        [
          'all revoked',
          () => nodes[1].run(revokeDevices, { user: named(), name: null, change: change('user devices') }),
          'unknown-device',
        ],
        ['reset', () => nodes[1].run(resetUser, { user: named(), change: change('user reset') }), 'unknown-device'],
        [
          'disabled',
          () => nodes[1].run(switchUser, { user: named(), disabled: true, change: change('user disable') }),
          'gone',
        ],
      ];
      for (const [title, end, kind] of ends) {
        const phone = await newPhone();
        const approval = await asked();
        await waiting(phone);
        const nonce = await newNonce(phone);
        await end();
        expect(await send(nonce, signedBy(phone, nonce, approval)), title).to.deep.equal({ kind });
        expect(await statusOf(approval), title).to.not.equal('approved');
        if (title !== 'disabled')
          expect(await nodes[0].run(issueNonce, { device: phone.id, random: randomBytes(nonceRandom), now })).to.equal(
            null,
          );
      }
      expect(await reasons()).to.include.members(['user-devices: Pixel', 'user-devices: all']);
    });

    it('a phone that is revoked while it decides: one comes first', async () => {
      const phone = await newPhone();
      const approval = await asked();
      await waiting(phone);
      const nonce = await newNonce(phone);
      const [output] = await Promise.all([
        send(nonce, signedBy(phone, nonce, approval), {}, 0),
        nodes[1].run(revokeDevices, { user: named(), name: null, change: change('user devices') }),
      ]);
      expect(output.kind).to.be.oneOf(['approved', 'unknown-device']);
      expect(await statusOf(approval)).to.equal(output.kind === 'approved' ? 'approved' : 'open');
    });

    it('a nonce is good for two minutes, and not one from before the clock was set back', async () => {
      const phone = await newPhone();
      const approval = await asked();
      await waiting(phone);
      const old = await newNonce(phone, now - 2 * minute);
      expect(await send(old, signedBy(phone, old, approval), { now })).to.deep.equal({ kind: 'refused' });
      const ahead = await newNonce(phone, now + 60 * minute);
      expect(await send(ahead, signedBy(phone, ahead, approval))).to.deep.equal({ kind: 'refused' });
      expect(await statusOf(approval)).to.equal('open');
    });

    it('who knows the id of a phone alone takes nothing from its owner, nor fills the store', async () => {
      const phone = await newPhone();
      const approval = await asked();
      await waiting(phone);
      const nonce = await newNonce(phone);
      const stranger = { id: phone.id, key: newKeys().key };
      for (let i = 0; i < 5; i++) {
        await race(() => newNonce(phone));
        await race(async () => expect(await list(stranger)).to.deep.equal({ kind: 'refused' }));
        await race(async () => expect(await decide(stranger, approval)).to.deep.equal({ kind: 'refused' }));
      }
      expect(await rows('SELECT nonce FROM used_nonces')).to.have.length(1);
      expect(await send(nonce, signedBy(phone, nonce, approval))).to.include({ kind: 'approved' });
    });

    it('of what a phone has signed a few are kept; none is good again, whatever the clock says', async () => {
      const phone = await newPhone();
      const used: Buffer[] = [];
      const ask = (nonce: Buffer, at: number): Promise<ListOutput> =>
        nodes[0].run(listWaiting, {
          device: phone.id,
          nonce,
          signature: signWith(phone.key, signedOctets('list', [phone.id, nonce.toString('base64url')])),
          now: at,
          next: randomBytes(nonceRandom),
          applications,
          random: Array.from({ length: mostWaiting }, () => randomBytes(choicesRandom)),
        });
      // Given out before all others, and one in time.
      const [early, held] = [await newNonce(phone), await newNonce(phone)];
      for (let i = 0; i < 15; i++) {
        const nonce = await newNonce(phone, now + i);
        used.push(nonce);
        expect(await ask(nonce, now + i)).to.include({ kind: 'waiting' });
      }
      expect(await ask(held, now), 'the sixteenth').to.include({ kind: 'waiting' });
      expect(await ask(early, now), 'too many came since').to.deep.equal({ kind: 'refused' });
      for (let i = 0; i < 15; i++) await list(phone);
      expect(await rows('SELECT nonce FROM used_nonces')).to.have.length(15);
      for (const nonce of [...used, held]) expect(await ask(nonce, now)).to.deep.equal({ kind: 'refused' });
    });

    it('a nonce that was altered in any octet is none', async () => {
      const phone = await newPhone();
      const approval = await asked();
      await waiting(phone);
      const nonce = await newNonce(phone);
      for (let i = 0; i < nonceSize; i++) {
        const altered = Buffer.from(nonce);
        altered[i] = (altered[i] ?? 0) ^ 1;
        expect(await send(altered, signedBy(phone, altered, approval)), String(i)).to.deep.equal({ kind: 'refused' });
      }
      expect(await send(nonce, signedBy(phone, nonce, approval))).to.include({ kind: 'approved' });
    });

    it('another application than the login is for declines, and the audit tells why', async () => {
      const phone = await newPhone();
      const approval = await asked();
      const [first] = await waiting(phone);
      const other = first?.ask.kind === 'pick' ? first.ask.applications.find((each) => each !== 'the VPN') : undefined;
      expect(await decide(phone, approval, { application: other ?? expect.fail('nothing to pick') })).to.include({
        kind: 'number-wrong',
      });
      expect(await statusOf(approval)).to.equal('declined');
      expect(await reasons()).to.include('approval-application-wrong');
    });

    it('the number of the prompt: the right one shows a code, another declines, none decides nothing', async () => {
      const phone = await newPhone();
      const [right, wrong] = [await asked({ number: 42 }), await asked({ number: 17 })];
      expect(await decide(phone, right)).to.deep.equal({ kind: 'gone' });
      expect(await decide(phone, right, { number: '42', application: 'Desktops' })).to.deep.equal({ kind: 'refused' });
      expect(await decide(phone, right, { number: '42' })).to.include({ kind: 'approved', code: '271828' });
      expect(await decide(phone, wrong, { number: '42' })).to.include({ kind: 'number-wrong' });
      expect(await statusOf(wrong)).to.equal('declined');
    });

    it('an approval that went on to a prompt takes no pick any more', async () => {
      const phone = await newPhone();
      const approval = await asked();
      await waiting(phone);
      const goesOn = { loginId: 'a login', number: 42, numbers: [42, 98, 99], until: now + minute };
      await nodes[0].run(closeApproval, { id: approval, userId, now, goesOn });
      expect(await decide(phone, approval)).to.deep.equal({ kind: 'gone' });
      expect((await waiting(phone)).map(({ ask }) => ask)).to.deep.equal([{ kind: 'number', application: 'the VPN' }]);
      expect(await decide(phone, approval, { number: '42' })).to.include({ kind: 'approved' });
    });

    it('"This was not me" blocks, and what was decided or is over takes no other answer', async () => {
      const phone = await newPhone();
      const [approval, late] = [await asked(), await asked()];
      expect(await decide(phone, approval, { decision: 'fraud', application: '' })).to.include({ kind: 'fraud' });
      expect(await decide(phone, approval, { decision: 'decline' })).to.deep.equal({ kind: 'gone' });
      expect((await begin()).output).to.deep.equal({ kind: 'refused', why: 'blocked' });
      const nonce = await newNonce(phone, now + 31_000);
      expect(await send(nonce, signedBy(phone, nonce, late), { now: now + 31_000 })).to.deep.equal({ kind: 'gone' });
    });

    it('a list with a bad signature or a used nonce is refused', async () => {
      const phone = await newPhone();
      expect(await list({ id: phone.id, key: newKeys().key })).to.deep.equal({ kind: 'refused' });
      const nonce = await newNonce(phone);
      const signature = signWith(phone.key, signedOctets('list', [phone.id, nonce.toString('base64url')]));
      const ask = (i: number): Promise<ListOutput> =>
        node(i).run(listWaiting, {
          device: phone.id,
          nonce,
          signature,
          now,
          next: randomBytes(nonceRandom),
          applications,
          random: Array.from({ length: mostWaiting }, () => randomBytes(choicesRandom)),
        });
      const kinds = (await race(ask)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'waiting')).to.have.length(1);
      expect(kinds.filter((kind) => kind === 'refused')).to.have.length(racers - 1);
    });
  });
