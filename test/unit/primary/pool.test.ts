import { expect } from 'chai';
import { systemClock } from '../../../src/clock.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { Pool, type PoolAnswer, type PoolOptions, type ServerHealth } from '../../../src/primary/pool.ts';
import { statusProbe, userProbe } from '../../../src/primary/probe.ts';
import { RadiusServer } from '../../../src/primary/radius-server.ts';
import { Journal } from '../../peer/journal.ts';
import { asked, type Asked } from '../../peer/asked.ts';
import { attribute, Code, reply, revealPassword, Type, valuesOfType } from '../../peer/packet-bytes.ts';
import { UdpClient, type Peer } from '../../peer/udp-client.ts';

const secret = 'between radgate and the pool';

describe('primary/pool', () => {
  const sockets: UdpClient[] = [];
  const pools: Pool[] = [];
  let health: Journal<ServerHealth>;
  beforeEach(() => (health = new Journal()));
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    await Promise.all(sockets.splice(0).map((socket) => socket.close()));
  });

  const homeServers = async (count: number): Promise<UdpClient[]> => {
    const opened = await Promise.all(Array.from({ length: count }, () => UdpClient.open()));
    sockets.push(...opened);
    return opened;
  };
  const addressOf = ({ address, port }: Peer): string => `${address}:${port}`;
  const build = (upstream: readonly Peer[], own: Partial<PoolOptions> = {}): Pool => {
    const servers = upstream.map(
      ({ address, port }) =>
        new RadiusServer({
          host: address,
          port,
          secret: new SharedSecret(Buffer.from(secret)),
          source: undefined,
          acceptsUnsigned: () => true,
          onSigned: () => undefined,
          onForged: () => undefined,
        }),
    );
    const pool = new Pool({
      name: 'home',
      mode: 'fail-over',
      servers,
      timeout: 30,
      tries: 1,
      probe: undefined,
      probeInterval: 30_000,
      clock: systemClock,
      onHealth: (change) => health.add(change),
      ...own,
    });
    pools.push(pool);
    return pool;
  };
  const ask = (pool: Pool, own: { only?: string; patience?: number } = {}): Promise<PoolAnswer> =>
    pool.ask({
      code: Code.accessRequest,
      attributes: () => [attribute(Type.userName, 'alice')],
      deadline: systemClock.monotonic() + (own.patience ?? 10_000),
      only: own.only,
    });
  const answer = (server: UdpClient, request: Asked, code: number = Code.accessReject): Promise<void> =>
    server.send(reply(code, request, { secret }), request.from);
  const serve = async (server: UdpClient): Promise<void> => answer(server, await asked(server));
  const standings = (): string[] => health.entries.map(({ standing }) => standing);

  it('load-balance spreads requests under way over the servers that are alive', async () => {
    const servers = await homeServers(3);
    const pool = build(servers, { mode: 'load-balance', timeout: 10_000 });
    const answers = Array.from({ length: 9 }, () => ask(pool));
    const requests = await Promise.all(
      servers.map(async (server) => [await asked(server), await asked(server), await asked(server)]),
    );
    expect(servers.map(({ unread }) => unread)).to.deep.equal([0, 0, 0]);
    for (const [i, some] of requests.entries())
      for (const request of some) await answer(servers[i] ?? expect.fail(), request);
    for (const one of answers) expect((await one).kind).to.equal('reply');
  });

  it('the rest of a conversation stays with its server, whatever is thought of it, and with no other if it is gone', async () => {
    const [first, second] = await homeServers(2);
    if (!first || !second) return expect.fail();
    const pool = build([first, second]);
    const rest = ask(pool, { only: addressOf(second) });
    await serve(second);
    expect(await rest).to.include({ kind: 'reply', server: addressOf(second) });
    expect(await ask(pool, { only: addressOf(second) })).to.include({ kind: 'unanswered', asked: true });
    await asked(second);
    const again = ask(pool, { only: addressOf(second) });
    await serve(second);
    expect((await again).kind).to.equal('reply');
    const gone = await ask(pool, { only: '192.0.2.1:1812' });
    expect(gone).to.deep.equal({
      kind: 'unanswered',
      why: '192.0.2.1:1812, which asked the question, is not there any more',
      asked: false,
    });
    expect(first.unread).to.equal(0);
  });

  it('a request is sent to each server once at most, also where all are silent', async () => {
    const servers = await homeServers(3);
    const pool = build(servers);
    for (let round = 1; round <= 3; round++) {
      expect(await ask(pool)).to.include({ kind: 'unanswered', asked: true });
      for (const server of servers) await asked(server);
    }
    expect(servers.map(({ unread }) => unread)).to.deep.equal([0, 0, 0]);
    expect(standings()).to.deep.equal(['suspect', 'suspect', 'suspect', 'dead', 'dead', 'dead']);
  });

  it('a dead server takes no time from those that live', async () => {
    const [dead, alive] = await homeServers(2);
    if (!dead || !alive) return expect.fail();
    const pool = build([dead, alive], { timeout: 60_000 });
    for (let i = 0; i < 3; i++) {
      const result = ask(pool, { only: addressOf(dead), patience: 30 });
      await asked(dead);
      expect((await result).kind).to.equal('unanswered');
    }
    expect(standings()).to.deep.equal(['suspect', 'dead']);
    const result = ask(pool, { patience: 60_000 });
    await answer(alive, await asked(alive));
    expect((await result).kind).to.equal('reply');
    expect(dead.unread).to.equal(0);
  });

  it('a single try of one request, after a while, finds a silent server back; the others are not kept waiting by it', async () => {
    const [first, second] = await homeServers(2);
    if (!first || !second) return expect.fail();
    const pool = build([first, second], { tries: 3, probeInterval: 100 });
    const silent = ask(pool);
    for (let i = 0; i < 3; i++) await asked(first);
    await serve(second);
    expect(await silent).to.include({ kind: 'reply', server: addressOf(second) });
    // Requests go to the second until one of them is a trial of the first.
    let tried: Asked | undefined;
    while (!tried) {
      const result = ask(pool);
      const server = await firstAsked(first, second);
      const request = await asked(server);
      if (server === first) tried = request;
      await answer(server, request);
      expect((await result).kind).to.equal('reply');
    }
    expect(standings()).to.deep.equal(['suspect', 'alive']);
  });

  /** Which of them has a request that was not looked at, as soon as one has. */
  async function firstAsked(...servers: readonly UdpClient[]): Promise<UdpClient> {
    for (;;) {
      const one = servers.find(({ unread }) => unread > 0);
      if (one) return one;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('a server by name is looked up anew once it was silent, and what waits at the old port is still answered', async () => {
    const [server] = await homeServers(1);
    if (!server) return expect.fail();
    // A name to all but the system's own resolver, which needs nobody to tell what it means.
    for (const [host, isSame] of [
      ['127.1', false],
      [server.address, true],
    ] as const) {
      const pool = build([{ address: host, port: server.port }], { timeout: 10_000 });
      const patient = ask(pool);
      const waiting = await asked(server);
      const silent = ask(pool, { patience: 30 });
      expect((await asked(server)).from.port).to.equal(waiting.from.port);
      expect((await silent).kind).to.equal('unanswered');
      const next = ask(pool);
      const request = await asked(server);
      expect(request.from.port === waiting.from.port, host).to.equal(isSame);
      await answer(server, request);
      await answer(server, waiting);
      expect([(await next).kind, (await patient).kind]).to.deep.equal(['reply', 'reply']);
    }
  });

  describe('probes', () => {
    it('with Status-Server tell that a server that answers them is gone, before a request finds out, and that it is back', async () => {
      const [first, second] = await homeServers(2);
      if (!first || !second) return expect.fail();
      build([first, second], { probe: statusProbe, probeInterval: 50 });
      const probe = await asked(first);
      expect(probe.code).to.equal(Code.statusServer);
      await answer(first, probe, Code.accessAccept);
      await health.waitFor(({ standing }) => standing === 'suspect', 'its silence to be noticed');
      expect(health.entries[0]).to.deep.include({ server: addressOf(first), trouble: 'did not answer a probe' });
      while (health.entries.length < 2) await answer(first, await asked(first), Code.accessAccept);
      expect(health.entries[1]).to.deep.include({ server: addressOf(first), standing: 'alive', trouble: undefined });
    });

    it('that nobody ever answers change nothing', async () => {
      const [nps] = await homeServers(1);
      if (!nps) return expect.fail();
      const pool = build([nps], { probe: statusProbe, probeInterval: 20, timeout: 10 });
      for (let i = 0; i < 5; i++) expect((await asked(nps)).code).to.equal(Code.statusServer);
      const result = ask(pool);
      let request = await asked(nps);
      while (request.code === Code.statusServer) request = await asked(nps);
      await answer(nps, request);
      expect((await result).kind).to.equal('reply');
      expect(health.entries).to.deep.equal([]);
    });

    it('by a user: a Reject is a sign of life', async () => {
      const [server] = await homeServers(1);
      if (!server) return expect.fail();
      const probe = userProbe('probe', Buffer.from('pässword'), new SharedSecret(Buffer.from(secret)));
      build([server], { probe, probeInterval: 50 });
      const request = await asked(server);
      expect(request.code).to.equal(Code.accessRequest);
      expect(valuesOfType(request, Type.userName).map(String)).to.deep.equal(['probe']);
      expect(revealPassword(request, secret).toString()).to.equal('pässword');
      await answer(server, request, Code.accessReject);
      await health.waitFor(({ standing }) => standing === 'suspect', 'its silence to be noticed');
      while (health.entries.length < 2) await answer(server, await asked(server), Code.accessReject);
      expect(standings()).to.deep.equal(['suspect', 'alive']);
    });
  });

  it('closing ends what is under way', async () => {
    const [server] = await homeServers(1);
    if (!server) return expect.fail();
    const pool = build([server], { timeout: 60_000, tries: 3 });
    const result = ask(pool, { patience: 600_000 });
    await asked(server);
    await pool.close();
    expect(await result).to.include({ kind: 'unanswered' });
    expect(health.entries).to.deep.equal([]);
  });
});
