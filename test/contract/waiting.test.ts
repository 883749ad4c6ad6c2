import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Verdict } from '../../src/login/verdict.ts';
import { MemoryWaitingLogins } from '../../src/login/waiting-memory.ts';
import { StoreWaitingLogins } from '../../src/login/waiting-store.ts';
import type { Taken, WaitingLogin, WaitingLogins } from '../../src/login/waiting.ts';
import { PostgresStore } from '../../src/store/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { peer } from '../peer/peer.ts';
import { byApp } from '../support/asking.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { Postgres } from '../support/postgres.ts';
import { ScratchStore } from '../support/scratch-store.ts';

const lifetime = 300_000;
const max = 5;

const login = {
  stage: 'factor',
  loginId: 'login-0815',
  firstDevice: '198.51.100.77',
  userId: 'user-4711',
  methods: ['totp'],
  granted: [
    { kind: 'plain', type: 25, value: Buffer.from('class-of-alice') },
    { kind: 'mppe-key', type: 16, value: Buffer.alloc(16, 0xa5) },
    { kind: 'tunnel-password', tag: 3, value: Buffer.from('tunnel-of-alice') },
  ],
  attemptsLeft: 3,
  asking: {
    ...byApp,
    target: '+33 ** ** ** 12',
    directory: { phones: ['+33612345612'], emails: [null] },
  },
  asked: {
    userName: 'ALICE-as-typed',
    client: 'vpn-concentrator',
    clientAddress: '192.0.2.10',
    callingStationId: '198.51.100.77',
    primary: 'nps-primary',
  },
} as const satisfies WaitingLogin;
const accepted: Verdict = { kind: 'accept', outcome: 'accepted', granted: login.granted };
const askedAgain: Verdict = {
  kind: 'challenge',
  outcome: 'code-wrong',
  text: 'Again: ',
  relayed: [{ kind: 'plain', type: 79, value: Buffer.of(1, 2, 0, 4) }],
  state: Buffer.alloc(16, 3),
};
const refused: Verdict = { kind: 'reject', outcome: 'state-unknown', relayed: [], text: 'Your login has expired.' };

const mine = Buffer.alloc(32, 1);
const theirs = Buffer.alloc(32, 2);
const right = Buffer.from('314159');
const other = Buffer.from('271828');

interface Scene {
  readonly clock: FakeClock;
  readonly logins: WaitingLogins;
  readonly abandoned: WaitingLogin[];
  /** What a timer does in the service: removes what has ended. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

async function memory(room = max): Promise<Scene> {
  const clock = new FakeClock();
  const abandoned: WaitingLogin[] = [];
  const logins = new MemoryWaitingLogins({ lifetime, max: room, clock, onAbandoned: (one) => abandoned.push(one) });
  return {
    clock,
    logins,
    abandoned,
    tidy: () => logins.purge(),
    close: () => logins.close(),
  };
}

async function inStore(room = max): Promise<Scene> {
  const scratch = await ScratchStore.open();
  return onStore(scratch.store, new FakeClock(), room, () => scratch.remove());
}

function onStore(store: Store, clock: FakeClock, room: number, remove: () => Promise<void>): Scene {
  const abandoned: WaitingLogin[] = [];
  const logins = new StoreWaitingLogins({
    store,
    lifetime,
    max: room,
    clock,
    onAbandoned: (one) => abandoned.push(one),
  });
  return {
    clock,
    logins,
    abandoned,
    tidy: () => logins.purge(),
    close: async () => {
      await logins.close();
      await remove();
    },
  };
}

/** On a PostgreSQL whose clock, by which shared challenges end, is the test's. */
async function inSharedStore(room = max): Promise<Scene> {
  const clock = new FakeClock();
  const dir = mkdtempSync(join(tmpdir(), 'radgate-waiting-'));
  postgres ??= await Postgres.start();
  const server = postgres.server(await postgres.createDatabase());
  const database = await PostgresStore.open({ ...server, keyFile: join(dir, 'key'), timeout: 5_000 });
  const sharedNow = async (): Promise<number> => clock.monotonic();
  const store: Store = {
    run: (transaction, input) =>
      database.run({ ...transaction, run: (context, same) => transaction.run({ ...context, sharedNow }, same) }, input),
    close: () => database.close(),
  };
  return onStore(store, clock, room, async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });
}
let postgres: Postgres | undefined;

for (const [name, suite, open] of [
  ['memory', describe, memory],
  ['store', describe, inStore],
  ['shared store', peer('postgresql'), inSharedStore],
] as const)
  suite(`waiting logins: ${name}`, () => {
    after(async () => {
      await postgres?.remove();
      postgres = undefined;
    });
    let scene: Scene;
    beforeEach(async () => (scene = await open()));
    afterEach(() => scene.close());

    const put = async (binding = mine): Promise<Buffer> => {
      const handle = await scene.logins.put(login, binding);
      if (!handle) throw new Error('there is no room');
      return handle;
    };
    const take = (handle: Buffer, answer = right, binding = mine): Promise<Taken> =>
      scene.logins.take(handle, binding, answer);
    const kind = async (handle: Buffer, answer = right, binding = mine): Promise<string> =>
      (await take(handle, answer, binding)).kind;

    it('gives back what was put, to the octet', async () => {
      const taken = await take(await put());
      expect(taken).to.deep.equal({ kind: 'waiting', login });
      const [granted] = taken.kind === 'waiting' && taken.login.stage === 'factor' ? taken.login.granted : [];
      expect(Buffer.isBuffer(granted?.value)).to.equal(true);
    });

    it('tells how many wait', async () => {
      expect(scene.logins.size).to.equal(0);
      const handles = [await put(), await put()];
      expect(scene.logins.size).to.equal(2);
      for (const handle of handles) await take(handle);
      // In the store they are counted when what has ended is removed.
      scene.clock.pass(lifetime);
      await scene.tidy();
      expect(scene.logins.size).to.equal(0);
    });

    it('a handle is 128 random bits', async () => {
      const handles = [await put(), await put(), await put()];
      for (const handle of handles) expect(handle).to.have.length(16);
      expect(new Set(handles.map((handle) => handle.toString('hex'))).size).to.equal(3);
      for (let at = 0; at < 16; at++)
        if (handles.every((handle) => handle[at] === handles[0]?.[at])) expect(at, 'three octets alike').to.equal(-1);
    });

    for (const [what, handle] of [
      ['that was never given out', Buffer.alloc(16, 9)],
      ['of no octets', Buffer.alloc(0)],
      ['of 253 octets', Buffer.alloc(253, 9)],
      ['that is a name of every object', Buffer.from('constructor')],
    ] as const)
      it(`a handle ${what} is unknown, and can be neither settled nor released`, async () => {
        expect(await take(handle)).to.deep.equal({ kind: 'unknown' });
        await scene.logins.settle(handle, accepted);
        await scene.logins.release(handle);
        expect(await kind(handle)).to.equal('unknown');
      });

    it('is taken once: the same answer is being checked, another is unknown', async () => {
      const handle = await put();
      expect(await kind(handle)).to.equal('waiting');
      expect(await kind(handle)).to.equal('pending');
      expect(await kind(handle, other)).to.equal('unknown');
    });

    it("another client's or user's attempt neither sees nor spends it", async () => {
      const handle = await put();
      expect(await kind(handle, right, theirs)).to.equal('unknown');
      expect(await kind(handle)).to.equal('waiting');
      expect(await kind(handle, right, theirs)).to.equal('unknown');
      await scene.logins.settle(handle, accepted);
      expect(await kind(handle, right, theirs)).to.equal('unknown');
      expect(await kind(handle)).to.equal('answered');
    });

    for (const verdict of [accepted, askedAgain, refused])
      it(`the same answer gets the same ${verdict.kind} for 10 s from when it was settled`, async () => {
        const handle = await put();
        await take(handle);
        scene.clock.pass(4_000);
        await scene.logins.settle(handle, verdict);
        expect(await take(handle)).to.deep.equal({ kind: 'answered', verdict });
        scene.clock.pass(9_999);
        expect(await take(handle)).to.deep.equal({ kind: 'answered', verdict });
        expect(await kind(handle, other)).to.equal('unknown');
        scene.clock.pass(1);
        expect(await kind(handle)).to.equal('unknown');
      });

    it('asking again does not prolong the 10 s', async () => {
      const handle = await put();
      await take(handle);
      await scene.logins.settle(handle, accepted);
      for (let i = 0; i < 3; i++) {
        scene.clock.pass(3_000);
        expect(await kind(handle)).to.equal('answered');
      }
      scene.clock.pass(1_000);
      expect(await kind(handle)).to.equal('unknown');
    });

    it('a verdict that was told stands: neither another verdict nor a release changes it', async () => {
      const handle = await put();
      await take(handle);
      await scene.logins.settle(handle, accepted);
      await scene.logins.settle(handle, refused);
      expect(await take(handle)).to.deep.equal({ kind: 'answered', verdict: accepted });
      await scene.logins.release(handle);
      expect(await take(handle)).to.deep.equal({ kind: 'answered', verdict: accepted });
    });

    it('one that still waits can be neither settled nor released', async () => {
      const handle = await put();
      await scene.logins.settle(handle, accepted);
      await scene.logins.release(handle);
      expect(await kind(handle)).to.equal('waiting');
    });

    it('waits for its lifetime and no longer', async () => {
      const [early, late] = [await put(), await put()];
      scene.clock.pass(lifetime - 1);
      expect(await kind(early)).to.equal('waiting');
      scene.clock.pass(1);
      expect(await kind(late)).to.equal('unknown');
    });

    it('is told of once if nobody answered, and not if somebody did', async () => {
      const [taken, settled] = [await put(), await put()];
      await put();
      await take(taken);
      await take(settled);
      await scene.logins.settle(settled, accepted);
      await scene.tidy();
      expect(scene.abandoned).to.deep.equal([]);
      scene.clock.pass(lifetime);
      await scene.tidy();
      await scene.tidy();
      expect(scene.abandoned).to.deep.equal([login]);
    });

    it('that was released can be taken again, by any answer', async () => {
      const handle = await put();
      await take(handle);
      await scene.logins.release(handle);
      expect(await take(handle, other)).to.deep.equal({ kind: 'waiting', login });
      await scene.logins.release(handle);
      expect(await take(handle)).to.deep.equal({ kind: 'waiting', login });
      await scene.logins.settle(handle, accepted);
      expect(await kind(handle)).to.equal('answered');
    });

    it('that was released lives no longer than before', async () => {
      const handle = await put();
      scene.clock.pass(lifetime - 1_000);
      await take(handle);
      await scene.logins.release(handle);
      scene.clock.pass(999);
      await take(handle);
      await scene.logins.release(handle);
      scene.clock.pass(1);
      expect(await kind(handle)).to.equal('unknown');
    });

    it('that was taken and never settled is unknown after its lifetime', async () => {
      const handle = await put();
      await take(handle);
      scene.clock.pass(lifetime);
      await scene.tidy();
      expect(await kind(handle)).to.equal('unknown');
    });

    it('is bounded: the new are refused, the old are kept, and what has ended makes room', async () => {
      const handles = await Promise.all(Array.from({ length: max }, () => put()));
      expect(await scene.logins.put(login, mine)).to.equal(undefined);
      for (const handle of handles.slice(1)) expect(await kind(handle)).to.equal('waiting');
      for (const handle of handles.slice(1)) await scene.logins.settle(handle, accepted);
      scene.clock.pass(10_000);
      await scene.tidy();
      for (let i = 1; i < max; i++) await put();
      expect(await scene.logins.put(login, mine)).to.equal(undefined);
      expect(handles[0] && (await kind(handles[0]))).to.equal('waiting');
    });

    it('of those at their primary, which anyone may begin, no more than half: who proved a password finds room', async () => {
      const beginning = (i: number): WaitingLogin => ({
        stage: 'primary',
        loginId: `begun-${i}`,
        firstDevice: null,
        conversation: { server: 'home', state: Buffer.of(i), rounds: 1 },
        asked: { ...login.asked, callingStationId: `station ${i}` },
      });
      const begun: (Buffer | undefined)[] = [];
      for (let i = 0; i < max; i++) begun.push(await scene.logins.put(beginning(i), mine));
      expect(begun.filter((handle) => handle !== undefined)).to.have.length(3);
      await put();
      await put();
      const [first] = begun;
      expect(first && (await take(first))).to.deep.equal({ kind: 'waiting', login: beginning(0) });
      if (first) await scene.logins.settle(first, accepted);
      scene.clock.pass(10_000);
      await scene.tidy();
      expect(await scene.logins.put(beginning(9), mine), 'what has ended makes room').not.to.equal(undefined);
      expect(await scene.logins.put(beginning(10), mine)).to.equal(undefined);
    });

    it('of those at their primary, no more than 20 that begin alike', async () => {
      const roomy = await open(100);
      const conversation = { server: 'home', state: undefined, rounds: 1 };
      const one: WaitingLogin = { stage: 'primary', loginId: 'x', firstDevice: null, conversation, asked: login.asked };
      for (let i = 0; i < 20; i++) expect(await roomy.logins.put(one, mine), `${i}`).not.to.equal(undefined);
      expect(await roomy.logins.put(one, mine)).to.equal(undefined);
      const asked = { ...login.asked, callingStationId: 'another station' };
      expect(await roomy.logins.put({ ...one, asked }, mine)).not.to.equal(undefined);
      await roomy.close();
    });

    it('of one user no more than 20 wait, and another user finds room', async () => {
      const handles: Buffer[] = [];
      const roomy = await open(100);
      for (let i = 0; i < 20; i++) {
        const handle = await roomy.logins.put(login, mine);
        if (handle) handles.push(handle);
      }
      expect(handles).to.have.length(20);
      expect(await roomy.logins.put(login, mine)).to.equal(undefined);
      expect(await roomy.logins.put({ ...login, userId: 'another' }, mine)).not.to.equal(undefined);
      const [first] = handles;
      if (!first) throw new Error('no handle');
      expect((await roomy.logins.take(first, mine, right)).kind).to.equal('waiting');
      expect(await roomy.logins.put(login, mine), 'one of them was taken').not.to.equal(undefined);
      await roomy.close();
    });

    it('the wall clock may step as it likes', async () => {
      for (const jump of [86_400_000 * 400, -86_400_000 * 800]) {
        const handle = await put();
        scene.clock.stepWall(jump);
        expect(await kind(handle)).to.equal('waiting');
        await scene.logins.settle(handle, accepted);
        scene.clock.stepWall(jump);
        expect(await kind(handle)).to.equal('answered');
      }
      scene.clock.stepWall(86_400_000 * 400);
      const handle = await put();
      scene.clock.pass(lifetime);
      expect(await kind(handle)).to.equal('unknown');
    });

    it('of 16 that take at once with one answer exactly one has it, the others know that it is being checked', async () => {
      const handle = await put();
      const kinds = await Promise.all(Array.from({ length: 16 }, () => kind(handle)));
      expect(kinds.filter((each) => each === 'waiting')).to.have.length(1);
      expect(kinds.filter((each) => each === 'pending')).to.have.length(15);
    });

    it('of 16 that take at once with different answers exactly one has it, to the others it is unknown', async () => {
      const handle = await put();
      const kinds = await Promise.all(Array.from({ length: 16 }, (_, i) => kind(handle, Buffer.from(`10000${i}`))));
      expect(kinds.filter((each) => each === 'waiting')).to.have.length(1);
      expect(kinds.filter((each) => each === 'unknown')).to.have.length(15);
    });
  });

describe('waiting logins: what only the store can do', () => {
  let scratch: ScratchStore;
  let clock: FakeClock;
  let abandoned: WaitingLogin[];
  const opened: StoreWaitingLogins[] = [];
  const node = (): StoreWaitingLogins => {
    const { store } = scratch;
    const one = new StoreWaitingLogins({ store, lifetime, max, clock, onAbandoned: (login) => abandoned.push(login) });
    opened.push(one);
    return one;
  };
  beforeEach(async () => {
    scratch = await ScratchStore.open();
    clock = new FakeClock();
    abandoned = [];
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await scratch.remove();
  });
  const put = async (logins: StoreWaitingLogins): Promise<Buffer> => {
    const handle = await logins.put(login, mine);
    if (!handle) throw new Error('there is no room');
    return handle;
  };

  it('a login survives the process, and so do its verdict and what was taken', async () => {
    const before = node();
    const [waiting, taken, settled] = [await put(before), await put(before), await put(before)];
    await before.take(taken, mine, right);
    await before.take(settled, mine, right);
    await before.settle(settled, accepted);
    await scratch.reopen();
    const after = node();
    expect(await after.take(waiting, mine, right)).to.deep.equal({ kind: 'waiting', login });
    expect(await after.take(taken, mine, right)).to.deep.equal({ kind: 'pending' });
    expect(await after.take(settled, mine, right)).to.deep.equal({ kind: 'answered', verdict: accepted });
    expect(await after.take(settled, mine, other)).to.deep.equal({ kind: 'unknown' });
  });

  it('a login that one node put another can take, once', async () => {
    const [one, two] = [node(), node()];
    const handle = await put(one);
    const kinds = (await Promise.all([one, two].map((each) => each.take(handle, mine, right)))).map(
      (each) => each.kind,
    );
    expect(kinds.toSorted()).to.deep.equal(['pending', 'waiting']);
    await two.settle(handle, accepted);
    expect(await one.take(handle, mine, right)).to.deep.equal({ kind: 'answered', verdict: accepted });
  });

  it('neither rows nor files hold handle, answer, user or what was granted in clear', async () => {
    const logins = node();
    const handles = [await put(logins), await put(logins)];
    await logins.take(handles[0] ?? mine, mine, right);
    await logins.settle(handles[0] ?? mine, askedAgain);
    await scratch.store.close();
    const files = Buffer.concat(readdirSync(scratch.dir).map((name) => readFileSync(join(scratch.dir, name))));
    expect(files.includes('waiting_logins'), 'the files were looked into').to.equal(true);
    const texts = [
      'ALICE',
      'class-of-alice',
      'tunnel-of-alice',
      'user-4711',
      'login-0815',
      'vpn-concentrator',
      '198.51.100.77',
    ];
    const state = askedAgain.kind === 'challenge' ? [askedAgain.state] : [];
    const secrets = [...handles, ...state, right, Buffer.alloc(16, 0xa5), ...texts.map((text) => Buffer.from(text))];
    for (const secret of secrets) {
      expect(files.includes(secret), secret.toString('hex')).to.equal(false);
      expect(files.includes(secret.toString('hex')), secret.toString('hex')).to.equal(false);
    }
    await scratch.reopen();
  });

  it('a sealed login that was moved to another row does not open', async () => {
    const logins = node();
    const [one, two] = [await put(logins), await put(logins)];
    await scratch.execute(
      'UPDATE waiting_logins SET sealed = (SELECT sealed FROM waiting_logins AS b WHERE b.id > waiting_logins.id LIMIT 1) WHERE id = (SELECT min(id) FROM waiting_logins)',
    );
    const outcomes = await Promise.allSettled([one, two].map((handle) => logins.take(handle, mine, right)));
    expect(outcomes.filter(({ status }) => status === 'rejected')).to.have.length(1);
  });

  it('logins of an earlier boot, whose clock was another, are over and are told of', async () => {
    const logins = node();
    const handle = await put(logins);
    await scratch.execute("UPDATE waiting_logins SET boot = 'an earlier one'");
    expect(await logins.take(handle, mine, right)).to.deep.equal({ kind: 'unknown' });
    await logins.purge();
    expect(abandoned).to.deep.equal([login]);
    expect(await scratch.query('SELECT id FROM waiting_logins')).to.deep.equal([]);
  });

  it('what ended is removed', async () => {
    const logins = node();
    const handle = await put(logins);
    await put(logins);
    await logins.take(handle, mine, right);
    await logins.settle(handle, accepted);
    clock.pass(10_000);
    await logins.purge();
    expect(await scratch.query('SELECT id FROM waiting_logins')).to.have.length(1);
    clock.pass(lifetime);
    await logins.purge();
    expect(await scratch.query('SELECT id FROM waiting_logins')).to.have.length(0);
  });
});
