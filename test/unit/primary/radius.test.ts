import { expect } from 'chai';
import { systemClock } from '../../../src/clock.ts';
import { SeenAuthenticators } from '../../../src/nas/seen-authenticators.ts';
import { DropLog } from '../../../src/observe/drop-log.ts';
import type { Attribute } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import type { PrimaryResult } from '../../../src/primary/primary.ts';
import type { ServerHealth } from '../../../src/primary/pool.ts';
import { RadiusPrimary, type RadiusPrimaryOptions } from '../../../src/primary/radius.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { GatedStore } from '../../support/gated-store.ts';
import { hasIpv6 } from '../../support/has-ipv6.ts';
import { memoryLogger } from '../../support/memory-logger.ts';
import { ScratchStore } from '../../support/scratch-store.ts';
import { asked, type Asked } from '../../peer/asked.ts';
import {
  attribute,
  Code,
  parsePacket,
  reply,
  revealPassword,
  Type,
  vendorAttribute,
  verifyMessageAuthenticator,
} from '../../peer/packet-bytes.ts';
import { UdpClient } from '../../peer/udp-client.ts';
import { primaryRequest, provenAsAsked } from '../../support/primary-requests.ts';

const secret = 'between radgate and upstream';

describe('primary/radius', () => {
  let scratch: ScratchStore;
  let store: GatedStore;
  let seen: SeenAuthenticators;
  let drops: DropLog;
  let lines: ReturnType<typeof memoryLogger>['lines'];
  const servers: UdpClient[] = [];
  const primaries: RadiusPrimary[] = [];
  before(async () => (scratch = await ScratchStore.open()));
  after(() => scratch.remove());
  beforeEach(async () => {
    const memory = memoryLogger();
    lines = memory.lines;
    drops = new DropLog(memory.logger, systemClock);
    await scratch.empty();
    store = new GatedStore(() => scratch.store);
    const onTrouble = (error: unknown): void => {
      throw error;
    };
    seen = await SeenAuthenticators.load(store, { onTrouble, onFull: () => undefined });
  });
  afterEach(async () => {
    drops.close();
    await Promise.all(primaries.splice(0).map((primary) => primary.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  const health: ServerHealth[] = [];
  const homeServer = async (address?: string): Promise<UdpClient> => {
    const server = await UdpClient.open(address);
    servers.push(server);
    return server;
  };
  const build = (
    upstream: readonly { host: string; port: number }[],
    own: Partial<RadiusPrimaryOptions> = {},
  ): RadiusPrimary => {
    const primary = new RadiusPrimary({
      name: 'nps',
      servers: upstream,
      secret: new SharedSecret(Buffer.from(secret)),
      messageAuthenticator: 'auto',
      timeout: 5_000,
      tries: 2,
      source: undefined,
      mark: Buffer.alloc(16, 0x6d),
      outerIdentity: 'unproven',
      mode: 'fail-over',
      probe: undefined,
      probeInterval: 30_000,
      clock: systemClock,
      seen,
      drops,
      onHealth: (change) => health.push(change),
      ...own,
    });
    primaries.push(primary);
    return primary;
  };
  const at = (server: UdpClient): { host: string; port: number } => ({ host: server.address, port: server.port });
  const check = (
    primary: RadiusPrimary,
    own: { attributes?: readonly Attribute[]; patience?: number } = {},
  ): Promise<PrimaryResult> => {
    const { attributes = [attribute(1, 'alice'), attribute(2, Buffer.alloc(16, 1))], patience = 10_000 } = own;
    const deadline = systemClock.monotonic() + patience;
    const password = Buffer.from('s\u00e9cret\xff', 'latin1');
    return primary.check(primaryRequest({ password, attributes, deadline }));
  };
  const answer = (
    server: UdpClient,
    request: Asked,
    code: number,
    own: Partial<Parameters<typeof reply>[2]> = {},
  ): Promise<void> => server.send(reply(code, request, { secret, ...own }), request.from);

  it('forwards the attributes as they came and in their order; Message-Authenticator is its own and first, its Proxy-State last', async () => {
    const server = await homeServer();
    const attributes = [
      attribute(33, "the client's own"),
      attribute(1, Buffer.of(0x41, 0xff)),
      attribute(80, Buffer.alloc(16, 9)),
      attribute(2, Buffer.alloc(32, 9)),
      attribute(4, Buffer.of(192, 0, 2, 1)),
      vendorAttribute(9, 1, 'ip:source-ip=198.51.100.7'),
      attribute(0xf1, ''),
      attribute(31, '198.51.100.7'),
      attribute(32, 'vpn'),
    ];
    const result = check(build([at(server)]), { attributes });
    const request = await asked(server);
    expect(request.code).to.equal(Code.accessRequest);
    expect(request.attributes.map(({ type }) => type)).to.deep.equal([80, 33, 1, 2, 4, 26, 0xf1, 31, 32, 33]);
    verifyMessageAuthenticator(request, request.authenticator, secret);
    expect(revealPassword(request, secret)).to.deep.equal(Buffer.from('s\u00e9cret\xff', 'latin1'));
    const untouched = attributes.filter(({ type }) => type !== 80 && type !== 2);
    expect(request.attributes.filter(({ type }) => type !== 80 && type !== 2).slice(0, -1)).to.deep.equal(untouched);
    await answer(server, request, Code.accessAccept);
    expect((await result).kind).to.equal('ok');
  });

  it('an Accept gives what was granted, without Message-Authenticator and Proxy-States', async () => {
    const server = await homeServer();
    const result = check(build([at(server)]));
    const granted = [attribute(25, Buffer.of(0, 255)), vendorAttribute(9, 1, 'x'), attribute(18, 'welcome')];
    const request = await asked(server);
    const states = request.attributes.filter(({ type }) => type === Type.proxyState);
    await answer(server, request, Code.accessAccept, { attributes: [...granted, ...states] });
    expect(await result).to.deep.equal(provenAsAsked(granted.map((one) => ({ kind: 'plain', ...one }))));
  });

  it('every User-Name of an Accept is a name of the person; with EAP only if the server is known to prove it', async () => {
    const server = await homeServer();
    const attributes = [attribute(1, 'alice'), attribute(1, ''), attribute(1, 'CORP\\alice')];
    const eap = { kind: 'eap', message: Buffer.of(2, 1, 0, 5, 1) } as const;
    for (const [credential, outerIdentity, names, askedNameProven] of [
      [undefined, 'unproven', ['alice', 'CORP\\alice'], true],
      [eap, 'unproven', [], false],
      [eap, 'named', ['alice', 'CORP\\alice'], false],
      [eap, 'verified', ['alice', 'CORP\\alice'], true],
    ] as const) {
      const primary = build([at(server)], { outerIdentity });
      const deadline = systemClock.monotonic() + 10_000;
      const result = primary.check(primaryRequest({ deadline, ...(credential ? { credential } : {}) }));
      await answer(server, await asked(server), Code.accessAccept, { attributes });
      const accepted = await result;
      if (accepted.kind !== 'ok') throw new Error(accepted.kind);
      expect(accepted.person.names.map(String)).to.deep.equal(names);
      expect(accepted.person.askedNameProven).to.equal(askedNameProven);
    }
  });

  it('a Reject gives what it carried', async () => {
    const server = await homeServer();
    const result = check(build([at(server)]));
    await answer(server, await asked(server), Code.accessReject, { attributes: [attribute(18, 'no')] });
    expect(await result).to.deep.equal({
      kind: 'bad',
      relayed: [{ kind: 'plain', type: 18, value: Buffer.from('no') }],
    });
  });

  it('a Challenge of its own is told', async () => {
    const server = await homeServer();
    const result = check(build([at(server)]));
    const attributes = [attribute(18, 'New password: '), attribute(24, 'state')];
    await answer(server, await asked(server), Code.accessChallenge, { attributes });
    expect(await result).to.deep.equal({
      kind: 'challenge',
      relayed: [{ kind: 'plain', type: 18, value: Buffer.from('New password: ') }],
      conversation: { server: `${server.address}:${server.port}`, state: Buffer.from('state'), rounds: 1 },
    });
  });

  it('retransmits the same bytes from the same port (RFC 5080 section 2.2.1)', async () => {
    const server = await homeServer();
    const result = check(build([at(server)], { timeout: 100, tries: 50 }));
    const [first, second, third] = [await server.next(), await server.next(), await server.next()];
    expect(second).to.deep.equal(first);
    expect(third).to.deep.equal(first);
    await answer(server, { ...parsePacket(third.bytes), from: third.from }, Code.accessAccept);
    expect((await result).kind).to.equal('ok');
  });

  it('asks the next server when one is silent, with an authenticator and a hidden password of its own', async () => {
    const [silent, alive] = [await homeServer(), await homeServer()];
    const result = check(build([at(silent), at(alive)], { timeout: 500 }));
    const [first, again] = [await asked(silent), await asked(silent)];
    const request = await asked(alive);
    expect(again.bytes).to.deep.equal(first.bytes);
    expect(request.authenticator).not.to.deep.equal(first.authenticator);
    expect(revealPassword(request, secret)).to.deep.equal(revealPassword(first, secret));
    await answer(alive, request, Code.accessAccept);
    expect((await result).kind).to.equal('ok');
  });

  it('asks the next server at once where nobody listens', async () => {
    const gone = await UdpClient.open();
    const nobody = at(gone);
    await gone.close();
    const alive = await homeServer();
    // Were it to wait for its tries, the next server would be asked after the test's patience.
    const result = check(build([nobody, at(alive)], { timeout: 60_000 }), { patience: 600_000 });
    await answer(alive, await asked(alive), Code.accessAccept);
    expect((await result).kind).to.equal('ok');
  });

  it('says which servers it asked in vain', async () => {
    const [one, two] = [await homeServer(), await homeServer()];
    const result = await check(build([at(one), at(two)], { timeout: 50 }));
    if (result.kind !== 'unreachable') throw new Error(result.kind);
    expect(result.why).to.equal(
      `127.0.0.1:${one.port} did not answer in 2 tries, 127.0.0.1:${two.port} did not answer in 2 tries`,
    );
  });

  it('has done all tries of all servers within the deadline', async () => {
    const [one, two] = [await homeServer(), await homeServer()];
    // A clock that stands still: however slow the machine is, there is time for every try.
    const clock = new FakeClock();
    const primary = build([at(one), at(two)], { timeout: 60_000, clock });
    const result = await primary.check(primaryRequest({ deadline: clock.monotonic() + 100 }));
    expect(result.kind).to.equal('unreachable');
    for (const server of [one, two]) {
      await asked(server);
      await asked(server);
      expect(server.unread).to.equal(0);
    }
  });

  it('sends nothing when the deadline is over', async () => {
    const server = await homeServer();
    const primary = build([at(server)]);
    expect((await check(primary, { patience: -1 })).kind).to.equal('unreachable');
    const result = check(primary);
    await answer(server, await asked(server), Code.accessAccept);
    expect((await result).kind).to.equal('ok');
    expect(server.unread).to.equal(0);
  });

  describe('a reply that is not to be believed is dropped, and leaves the timer alone', () => {
    for (const [what, forge] of [
      ['with a forged Response Authenticator', (request: Asked) => reply(2, request, { secret, forged: true })],
      [
        'with a wrong Message-Authenticator',
        (request: Asked) => reply(2, request, { secret, messageAuthenticator: 'wrong' as const }),
      ],
      ['made with another secret', (request: Asked) => reply(2, request, { secret: 'another secret' })],
      ['to another request', (request: Asked) => reply(2, { ...request, authenticator: Buffer.alloc(16) }, { secret })],
      [
        'with another identifier',
        (request: Asked) => reply(2, { ...request, identifier: request.identifier ^ 1 }, { secret }),
      ],
      ['of a code that is no answer', (request: Asked) => reply(5, request, { secret })],
      ['that is cut off', (request: Asked) => reply(2, request, { secret }).subarray(0, -1)],
      ['that is our own request', (request: Asked) => request.bytes],
      ['of no octets', () => Buffer.alloc(0)],
    ] as const)
      it(what, async () => {
        const server = await homeServer();
        const result = check(build([at(server)], { timeout: 100, tries: 50 }));
        const request = await asked(server);
        await server.send(forge(request), request.from);
        const again = await asked(server);
        expect(again.bytes, 'the retransmission').to.deep.equal(request.bytes);
        await answer(server, again, Code.accessReject);
        expect((await result).kind).to.equal('bad');
      });

    it('and one from another address or port', async () => {
      const [server, stranger] = [await homeServer(), await homeServer()];
      const result = check(build([at(server)], { timeout: 100, tries: 50 }));
      const request = await asked(server);
      await answer(stranger, request, Code.accessAccept);
      await answer(server, await asked(server), Code.accessReject);
      expect((await result).kind).to.equal('bad');
    });

    it('and is told of', async () => {
      const server = await homeServer();
      const result = check(build([at(server)]));
      const request = await asked(server);
      await answer(server, request, Code.accessAccept, { forged: true });
      await answer(server, request, Code.accessReject);
      await result;
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ address: `127.0.0.1:${server.port}`, reason: 'upstream-reply-refused' });
    });
  });

  describe('message_authenticator (CVE-2024-3596)', () => {
    /** Whether an Accept without one is believed; if not, a signed Reject behind it is. */
    const believesUnsigned = async (server: UdpClient, primary: RadiusPrimary): Promise<boolean> => {
      const result = check(primary);
      const request = await asked(server);
      await answer(server, request, Code.accessAccept, { messageAuthenticator: 'none' });
      await answer(server, request, Code.accessReject);
      return (await result).kind === 'ok';
    };
    const signed = async (server: UdpClient, primary: RadiusPrimary): Promise<void> => {
      const result = check(primary);
      await answer(server, await asked(server), Code.accessAccept, { messageAuthenticator: 'last' });
      expect((await result).kind).to.equal('ok');
    };

    it('EAP is answered by signed Accepts and Challenges alone, whatever is set (RFC 3579 section 3.2); a Reject lets nobody in', async () => {
      const credential = { kind: 'eap', message: Buffer.of(2, 1, 0, 5, 1) } as const;
      for (const messageAuthenticator of ['auto', 'off'] as const)
        for (const code of [Code.accessAccept, Code.accessChallenge]) {
          const server = await homeServer();
          const primary = build([at(server)], { messageAuthenticator });
          const attributes = [attribute(1, 'alice'), attribute(79, credential.message)];
          const deadline = systemClock.monotonic() + 10_000;
          const result = primary.check(primaryRequest({ credential, attributes, deadline }));
          const request = await asked(server);
          await answer(server, request, code, { messageAuthenticator: 'none' });
          await answer(server, request, Code.accessReject, { messageAuthenticator: 'none' });
          expect((await result).kind, `${messageAuthenticator} ${code}`).to.equal('bad');
        }
    });

    it('"require" believes no reply without one', async () => {
      const server = await homeServer();
      expect(await believesUnsigned(server, build([at(server)], { messageAuthenticator: 'require' }))).to.equal(false);
    });

    it('"auto" believes one until the server was seen to send one, also after a restart', async () => {
      const [server, other] = [await homeServer(), await homeServer()];
      const primary = build([at(server)]);
      expect(await believesUnsigned(server, primary)).to.equal(true);
      await signed(server, primary);
      expect(await believesUnsigned(server, primary)).to.equal(false);
      await store.done.waitFor((name) => name === 'remember-seen-authenticator', 'it to be remembered');
      seen = await SeenAuthenticators.load(store, { onTrouble: () => undefined, onFull: () => undefined });
      expect(await believesUnsigned(server, build([at(server)]))).to.equal(false);
      expect(await believesUnsigned(other, build([at(other)]))).to.equal(true);
    });

    it('"off" believes one in any case, and "auto" then learns anew', async () => {
      const server = await homeServer();
      const off = build([at(server)], { messageAuthenticator: 'off' });
      await signed(server, off);
      expect(await believesUnsigned(server, off)).to.equal(true);
      const auto = build([at(server)]);
      expect(await believesUnsigned(server, auto)).to.equal(true);
      await signed(server, auto);
      expect(await believesUnsigned(server, auto)).to.equal(false);
    });
  });

  it('600 requests under way use three source ports, no identifier twice on one of them', async () => {
    const server = await homeServer();
    const primary = build([at(server)], { timeout: 20_000 });
    const results: Promise<PrimaryResult>[] = [];
    const requests: Asked[] = [];
    // In waves that fit the home server's socket.
    while (requests.length < 600) {
      for (let i = 0; i < 100; i++) results.push(check(primary, { patience: 60_000 }));
      while (requests.length < results.length) requests.push(await asked(server));
    }
    expect(new Set(requests.map(({ from }) => from.port)).size).to.equal(3);
    expect(new Set(requests.map(({ from, identifier }) => `${from.port} ${identifier}`)).size).to.equal(600);
    expect(new Set(requests.map(({ authenticator }) => authenticator.toString('hex'))).size).to.equal(600);
    for (const request of requests.toReversed()) await answer(server, request, Code.accessAccept);
    for (const result of results) expect((await result).kind).to.equal('ok');
  });

  it('a request that has just room for our attributes is sent, a longer one is told of', async () => {
    const server = await homeServer();
    const primary = build([at(server)]);
    // 20 + 18 for Message-Authenticator + 15 * 253 + 245 + 18 for our Proxy-State.
    const attributes = Array.from({ length: 16 }, (_, i) => attribute(25, Buffer.alloc(i === 0 ? 243 : 251)));
    const fits = check(primary, { attributes });
    const request = await asked(server);
    expect(request.bytes).to.have.length(4096);
    await answer(server, request, Code.accessAccept);
    expect((await fits).kind).to.equal('ok');
    const result = await check(primary, { attributes: [...attributes, attribute(25, '')] });
    expect(result).to.have.property('kind', 'unreachable');
    expect(result).to.have.property('why').that.matches(/4096/);
    expect(server.unread).to.equal(0);
  });

  it('reaches a server over IPv6', async function () {
    if (!hasIpv6) this.skip();
    const server = await homeServer('::1');
    const result = check(build([at(server)]));
    await answer(server, await asked(server), Code.accessAccept);
    expect((await result).kind).to.equal('ok');
  });

  it('reaches a server by its name, or the next one if the name stands for the other family', async () => {
    const server = await homeServer();
    const result = check(build([{ host: 'localhost', port: server.port }, at(server)]));
    await answer(server, await asked(server), Code.accessAccept);
    expect((await result).kind).to.equal('ok');
  });

  it('sends from the address that it is told', async () => {
    const server = await homeServer();
    const result = check(build([at(server)], { source: '127.0.0.9' }));
    const request = await asked(server);
    expect(request.from.address).to.equal('127.0.0.9');
    await answer(server, request, Code.accessAccept);
    expect((await result).kind).to.equal('ok');
  });

  it('a source address that this host does not have is told', async () => {
    const server = await homeServer();
    const result = await check(build([at(server)], { source: '192.0.2.1' }));
    expect(result).to.have.property('kind', 'unreachable');
    expect(result)
      .to.have.property('why')
      .that.matches(/EADDRNOTAVAIL/);
  });

  it('asks a server that did not answer after the others for a while, and tells when it is silent and when it is back', async () => {
    const [first, second] = [await homeServer(), await homeServer()];
    const clock = new FakeClock();
    health.length = 0;
    const primary = build([at(first), at(second)], { timeout: 20, tries: 1, clock });
    const ask = (): Promise<PrimaryResult> => primary.check(primaryRequest({ deadline: clock.monotonic() + 10_000 }));
    let result = ask();
    await asked(first);
    await answer(second, await asked(second), Code.accessReject);
    expect((await result).kind).to.equal('bad');
    expect(health.map(({ trouble }) => trouble !== undefined)).to.deep.equal([true]);
    result = ask();
    await answer(second, await asked(second), Code.accessReject);
    expect((await result).kind).to.equal('bad');
    expect(first.unread, 'requests to the silent one').to.equal(0);
    clock.pass(30_000);
    result = ask();
    await answer(first, await asked(first), Code.accessReject);
    expect((await result).kind).to.equal('bad');
    expect(health.map(({ trouble }) => trouble !== undefined)).to.deep.equal([true, false]);
  });

  it('gives its only server time when it refuses for a moment, and says that nobody was asked if it goes on', async () => {
    const gone = await UdpClient.open('127.0.0.1');
    const endpoint = at(gone);
    await gone.close();
    const primary = build([endpoint], { timeout: 20, tries: 2 });
    expect(await check(primary)).to.deep.include({ kind: 'unreachable', asked: false });
    const result = check(build([endpoint], { timeout: 2_000, tries: 2 }));
    const back = await UdpClient.open('127.0.0.1', endpoint.port);
    servers.push(back);
    await answer(back, await asked(back), Code.accessReject);
    expect((await result).kind).to.equal('bad');
  });
});
