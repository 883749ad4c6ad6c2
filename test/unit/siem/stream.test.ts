import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.ts';
import { record } from '../../../src/audit/record.ts';
import { formatJson } from '../../../src/siem/format-json.ts';
import { StreamSink } from '../../../src/siem/stream-sink.ts';
import { EventStream } from '../../../src/siem/stream.ts';
import { noteSent } from '../../../src/siem/next-events.ts';
import { syslogMessage } from '../../../src/siem/syslog.ts';
import type { Store } from '../../../src/store/store.ts';
import { attemptInput } from '../../support/attempt-input.ts';
import { memoryLogger } from '../../support/memory-logger.ts';
import { ScratchStore } from '../../support/scratch-store.ts';

/** Takes messages with their lengths before them, or nothing at all while it is stuck. */
class Receiver extends EventEmitter {
  readonly logins: string[] = [];
  readonly sockets = new Set<Socket>();
  stuck = false;
  readonly #server: Server;

  private constructor(server: Server) {
    super();
    this.#server = server;
    server.on('connection', (socket) => this.#take(socket));
  }

  static async listen(port = 0): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async has(login: string): Promise<void> {
    while (!this.logins.includes(login)) await once(this, 'message');
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    if (this.stuck) {
      socket.pause();
      return void this.emit('stuck');
    }
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (octets: Buffer) => {
      rest = Buffer.concat([rest, octets]);
      for (;;) {
        const blank = rest.indexOf(' ');
        const end = blank + 1 + Number(rest.subarray(0, blank).toString());
        if (blank < 1 || rest.length < end) break;
        const text = rest.subarray(blank + 1, end).toString();
        const json = JSON.parse(text.slice(text.indexOf('{'))) as { readonly login: string };
        this.logins.push(json.login);
        rest = rest.subarray(end);
        this.emit('message');
      }
    });
  }
}

describe('a stream of the audit to a receiver', function () {
  this.timeout(30_000);
  let scratch: ScratchStore;
  let receiver: Receiver;
  let stream: EventStream | undefined;
  const heard = new EventEmitter();
  const memory = memoryLogger();

  before(async () => (scratch = await ScratchStore.open()));
  after(() => scratch.remove());
  beforeEach(async () => {
    await scratch.empty();
    await scratch.execute('DELETE FROM audit_streams');
    receiver = await Receiver.listen();
    memory.lines.length = 0;
  });
  afterEach(async () => {
    await stream?.stop();
    await receiver.close();
  });

  const write = (login: string, more: object = {}): Promise<null> => {
    const { userId, audit } = attemptInput('u1', '', Date.UTC(2026, 0, 1));
    return scratch.store.run(record, {
      ...audit,
      userId,
      loginId: login,
      method: null,
      result: 'accept',
      reason: 'accepted',
      ...more,
    });
  };
  /** The store, telling when something was noted as sent, and when the stream is known. */
  const watched = (): Store => ({
    run: async (transaction, input) => {
      const output = await scratch.store.run(transaction, input);
      heard.emit(transaction.name);
      return output;
    },
    close: () => scratch.store.close(),
  });
  const start = async (
    timeout = 5_000,
    settle = 30_000,
    { port }: { readonly port: number } = receiver,
  ): Promise<void> => {
    const begun = once(heard, 'next-audit-events');
    stream = new EventStream({
      name: 'soc',
      store: watched(),
      sink: new StreamSink({ host: '127.0.0.1', port, tls: undefined, timeout }),
      write: (event) => syslogMessage(event, formatJson(event), 1),
      poll: 10,
      settle,
      clock: systemClock,
      logger: memory.logger,
    });
    await begun;
  };

  it('begins with what comes after it was first set up, and sends each row once, in order', async () => {
    await write('before');
    await start();
    for (let i = 1; i <= 450; i++) await write(`l${i}`);
    await receiver.has('l450');
    expect(receiver.logins).to.deep.equal(Array.from({ length: 450 }, (_, i) => `l${i + 1}`));
  });

  it('goes on after a restart where it was', async () => {
    await start(5_000, 0);
    const noted = once(heard, noteSent.name);
    await write('first');
    await noted;
    await stream?.stop();
    await write('second');
    await start();
    await receiver.has('second');
    expect(receiver.logins).to.deep.equal(['first', 'second']);
  });

  it('sends again what went into a connection that broke soon after', async () => {
    await start();
    await write('first');
    await receiver.has('first');
    for (const socket of receiver.sockets) socket.destroy();
    receiver.logins.length = 0;
    await receiver.has('first');
    expect(receiver.logins).to.deep.equal(['first']);
  });

  it('waits for a receiver that is down, and says so once', async () => {
    await start();
    await write('first');
    await receiver.has('first');
    const { port } = receiver;
    await receiver.close();
    await write('second');
    await write('third');
    receiver = await Receiver.listen(port);
    await receiver.has('third');
    expect(memory.lines.filter(({ level }) => level === 40).length).to.be.at.most(1);
  });

  it('that takes nothing stops no login, and gets everything once it takes again', async () => {
    receiver.stuck = true;
    await start(300);
    const stuck = once(receiver, 'stuck');
    // More than the system's buffers hold.
    const changedTo = JSON.stringify({ text: 'x'.repeat(400_000) });
    for (let i = 1; i <= 30; i++) await write(`l${i}`, { changedTo, result: 'change' });
    await stuck;
    for (let i = 31; i <= 60; i++) await write(`l${i}`);
    receiver.stuck = false;
    await receiver.has('l60');
    expect(new Set(receiver.logins).size).to.equal(60);
    expect(memory.lines.map(({ why }) => why)).to.include('nothing was taken for 300 ms');
  });

  it('says how many rows were purged before it could send them', async () => {
    await start();
    await stream?.stop();
    for (let i = 1; i <= 5; i++) await write(`l${i}`);
    await scratch.execute('DELETE FROM audit WHERE seq <= 3');
    await scratch.execute('UPDATE audit_chains SET purged_seq = 3');
    await start();
    await receiver.has('l5');
    expect(receiver.logins).to.deep.equal(['l4', 'l5']);
    expect(memory.lines.map(({ msg }) => msg)).to.include(
      '3 events of the audit were purged before they could be sent',
    );
  });

  const losses = (): unknown[] => memory.lines.filter(({ level }) => level === 50).map(({ msg }) => msg);

  it('says it once where none of them is left, over a restart too', async () => {
    await start();
    await stream?.stop();
    for (let i = 1; i <= 5; i++) await write(`l${i}`);
    await scratch.execute('DELETE FROM audit');
    await scratch.execute('UPDATE audit_chains SET purged_seq = 5');
    await start();
    for (let i = 0; i < 3; i++) await once(heard, 'next-audit-events');
    await stream?.stop();
    await start();
    await once(heard, 'next-audit-events');
    expect(losses()).to.deep.equal(['5 events of the audit were purged before they could be sent']);
  });

  it('says it once while the receiver is down', async () => {
    const { port } = receiver;
    await start();
    await stream?.stop();
    for (let i = 1; i <= 5; i++) await write(`l${i}`);
    await scratch.execute('DELETE FROM audit WHERE seq <= 3');
    await scratch.execute('UPDATE audit_chains SET purged_seq = 3');
    await receiver.close();
    await start(5_000, 30_000, { port });
    await once(heard, 'next-audit-events');
    receiver = await Receiver.listen(port);
    await receiver.has('l5');
    expect(losses()).to.deep.equal(['3 events of the audit were purged before they could be sent']);
  });

  it('says it once where what was sent before them is noted only afterwards', async () => {
    await start(5_000, 300);
    await write('first');
    await receiver.has('first');
    const told = once(heard, noteSent.name);
    await scratch.execute('DELETE FROM audit');
    await scratch.execute('UPDATE audit_chains SET seq = 5, purged_seq = 5');
    await told;
    await once(heard, noteSent.name);
    for (let i = 0; i < 2; i++) await once(heard, 'next-audit-events');
    expect(losses()).to.deep.equal(['4 events of the audit were purged before they could be sent']);
  });
});
