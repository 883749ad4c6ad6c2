import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.ts';
import { SeenAuthenticators } from '../../../src/nas/seen-authenticators.ts';
import { DropLog } from '../../../src/observe/drop-log.ts';
import { createLogger } from '../../../src/observe/logger.ts';
import { Type } from '../../../src/packet/constants.ts';
import type { Attribute } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { RadiusPrimary, type RadiusPrimaryOptions } from '../../../src/primary/radius.ts';
import type { PrimaryResult } from '../../../src/primary/primary.ts';
import type { Store } from '../../../src/store/store.ts';
import { Code, parsePacket, reply, revealPassword, valuesOfType, type RawPacket } from '../../peer/packet-bytes.ts';

const secret = 'between radgate and its upstream';

/** A store that keeps nothing: what was seen holds for the process. */
const forgetful: Store = {
  run: () => Promise.resolve([] as never),
  close: () => Promise.resolve(),
};

/** An upstream that does as the test says. */
class Upstream {
  readonly received: { readonly packet: RawPacket; readonly bytes: Buffer; readonly port: number }[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket, answer: (request: RawPacket, count: number) => readonly Buffer[]) {
    this.#socket = socket;
    socket.on('message', (bytes, { address, port }) => {
      const packet = parsePacket(bytes);
      this.received.push({ packet, bytes, port });
      for (const each of answer(packet, this.received.length)) socket.send(each, port, address);
    });
  }

  static async start(answer: (request: RawPacket, count: number) => readonly Buffer[]): Promise<Upstream> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Upstream(socket, answer);
  }

  get endpoint(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#socket.address().port };
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

const accept = (request: RawPacket): Buffer => reply(Code.accessAccept, request, { secret });
const unsigned = (request: RawPacket): Buffer =>
  reply(Code.accessAccept, request, { secret, messageAuthenticator: 'none' });

describe('RadiusPrimary', () => {
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  const upstream = async (answer: (request: RawPacket, count: number) => readonly Buffer[]): Promise<Upstream> => {
    const started = await Upstream.start(answer);
    open.push(started);
    return started;
  };
  const primary = async (options: Partial<RadiusPrimaryOptions> & Pick<RadiusPrimaryOptions, 'servers'>) => {
    const drops = new DropLog(createLogger('fatal', 'json'), systemClock);
    const built = new RadiusPrimary({
      name: 'home',
      secret: new SharedSecret(Buffer.from(secret)),
      messageAuthenticator: 'auto',
      timeout: 2_000,
      tries: 2,
      source: undefined,
      clock: systemClock,
      seen: await SeenAuthenticators.load(forgetful, () => {}),
      drops,
      ...options,
    });
    open.push(built, { close: async () => drops.close() });
    return built;
  };
  const ask = (asked: RadiusPrimary, attributes: readonly Attribute[] = [], deadline = 5_000): Promise<PrimaryResult> =>
    asked.check({
      userName: Buffer.from('alice'),
      password: Buffer.from('secret'),
      attributes: [
        { type: Type.userName, value: Buffer.from('alice') },
        { type: Type.userPassword, value: Buffer.alloc(16) },
        ...attributes,
      ],
      deadline: systemClock.monotonic() + deadline,
    });

  it('forwards Proxy-State in order with its own last, and hides the password anew', async () => {
    const server = await upstream((request) => [accept(request)]);
    const asked = await primary({ servers: [server.endpoint] });
    const proxyStates = ['one', 'two'].map((text) => ({ type: Type.proxyState, value: Buffer.from(text) }));
    const result = await ask(asked, [...proxyStates, { type: Type.messageAuthenticator, value: Buffer.alloc(16) }]);
    expect(result.kind).to.equal('ok');
    const packet = server.received[0]?.packet;
    if (!packet) throw new Error('nothing was received');
    expect(packet.attributes.map(({ type }) => type)).to.deep.equal([80, 1, 2, 33, 33, 33]);
    const states = valuesOfType(packet, Type.proxyState);
    expect(states.slice(0, 2).map(String)).to.deep.equal(['one', 'two']);
    expect(states[2]).to.have.length(8);
    expect(revealPassword(packet, secret).toString()).to.equal('secret');
  });

  it('retransmits the same bytes from the same port, then asks the next server', async () => {
    const silent = await upstream(() => []);
    const second = await upstream((request) => [accept(request)]);
    const asked = await primary({ servers: [silent.endpoint, second.endpoint], timeout: 50 });
    expect((await ask(asked)).kind).to.equal('ok');
    expect(silent.received).to.have.length(2);
    expect(silent.received[0]?.bytes).to.deep.equal(silent.received[1]?.bytes);
    expect(silent.received[0]?.port).to.equal(silent.received[1]?.port);
    // Another server gets another authenticator, and the password hidden with it.
    expect(second.received[0]?.packet.authenticator).not.to.deep.equal(silent.received[0]?.packet.authenticator);
  });

  it('drops forged replies and goes on waiting for the right one', async () => {
    const server = await upstream((request) => [
      reply(Code.accessAccept, request, { secret, forged: true }),
      reply(Code.accessAccept, request, { secret: 'another secret' }),
      reply(Code.accessAccept, request, { secret, messageAuthenticator: 'wrong' }),
      Buffer.from('garbage'),
      Buffer.alloc(4096, 0xff),
      reply(Code.accessReject, request, { secret }),
    ]);
    const asked = await primary({ servers: [server.endpoint] });
    expect((await ask(asked)).kind).to.equal('bad');
    expect(server.received).to.have.length(1);
  });

  it('is unreachable when every reply is forged', async () => {
    const server = await upstream((request) => [reply(Code.accessAccept, request, { secret, forged: true })]);
    const asked = await primary({ servers: [server.endpoint], timeout: 50 });
    expect(await ask(asked)).to.deep.equal({
      kind: 'unreachable',
      why: `127.0.0.1:${server.endpoint.port} did not answer in 2 tries`,
    });
  });

  it('requires Message-Authenticator of a server that was seen to send it', async () => {
    const server = await upstream((request, count) => [count === 1 ? accept(request) : unsigned(request)]);
    const asked = await primary({ servers: [server.endpoint], timeout: 50 });
    expect((await ask(asked)).kind).to.equal('ok');
    expect((await ask(asked)).kind).to.equal('unreachable');
  });

  it('takes replies without Message-Authenticator from a server that never sent it, unless it must', async () => {
    const server = await upstream((request) => [unsigned(request)]);
    const lax = await primary({ servers: [server.endpoint], timeout: 50 });
    expect((await ask(lax)).kind).to.equal('ok');
    expect((await ask(lax)).kind).to.equal('ok');
    const strict = await primary({ servers: [server.endpoint], timeout: 50, messageAuthenticator: 'require' });
    expect((await ask(strict)).kind).to.equal('unreachable');
  });

  it('asks from more source ports than one when 256 identifiers are not enough', async () => {
    const held = new Map<string, { readonly request: RawPacket; readonly port: number }>();
    const count = 300;
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    open.push({ close: async () => socket.close() });
    // Answers none until all have come; what such a burst loses comes again.
    socket.on('message', (bytes, { port }) => {
      const request = parsePacket(bytes);
      held.set(`${port} ${request.identifier}`, { request, port });
      if (held.size < count) return;
      for (const each of held.values()) socket.send(accept(each.request), each.port, '127.0.0.1');
    });
    const server = { host: '127.0.0.1', port: socket.address().port };
    const asked = await primary({ servers: [server], tries: 100, timeout: 200 });
    const results = await Promise.all(Array.from({ length: count }, () => ask(asked, [], 60_000)));
    expect(results.filter(({ kind }) => kind !== 'ok')).to.deep.equal([]);
    expect(new Set([...held.values()].map(({ port }) => port)).size).to.equal(2);
  });

  it('gives every server its turn within the deadline', async () => {
    const servers = [await upstream(() => []), await upstream(() => []), await upstream(() => [])];
    const asked = await primary({ servers: servers.map(({ endpoint }) => endpoint), timeout: 2_000 });
    const result = await ask(asked, [], 300);
    expect(result.kind).to.equal('unreachable');
    expect(servers.map(({ received }) => received.length)).to.deep.equal([2, 2, 2]);
  });

  it('asks the next server at once when nobody listens at the first', async () => {
    const gone = await Upstream.start(() => []);
    const { endpoint } = gone;
    await gone.close();
    const second = await upstream((request) => [accept(request)]);
    // A time-out would be longer than the test may take.
    const asked = await primary({ servers: [endpoint, second.endpoint], timeout: 60_000 });
    expect((await ask(asked, [], 120_000)).kind).to.equal('ok');
  });

  it('does not send a request that is too long with what it adds', async () => {
    const server = await upstream((request) => [accept(request)]);
    const asked = await primary({ servers: [server.endpoint], timeout: 50 });
    const long = Array.from({ length: 16 }, () => ({ type: Type.vendorSpecific, value: Buffer.alloc(253) }));
    const result = await ask(asked, long);
    expect(result.kind).to.equal('unreachable');
    expect(server.received).to.have.length(0);
  });
});
