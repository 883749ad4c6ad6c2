import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { askReload } from '../../../src/control/ask-reload.ts';
import { controlSocket } from '../../../src/control/control-socket.ts';
import { ControlServer } from '../../../src/control/server.ts';
import { followLogins } from '../../../src/control/follow-logins.ts';
import type { Orders } from '../../../src/control/orders.ts';
import { traceEvent } from '../../../src/trace/trace-event.ts';
import { Tracing } from '../../../src/trace/tracing.ts';
import type { OperatorError } from '../../../src/errors.ts';
import { startChild } from '../../peer/child.ts';

describe('the control socket', () => {
  const dir = mkdtempSync(join(tmpdir(), 'radgate-control-'));
  const path = join(dir, 'radgate.sock');
  let asked = 0;
  let failed: string[] = [];
  let server: ControlServer | undefined;
  const tracing = new Tracing({ clientAt: () => undefined, mark: Buffer.alloc(16), wall: () => 0 });
  const orders: Orders = {
    reload: () => {
      asked++;
      return { ok: false, config: '/etc/radius.conf', why: ['/etc/radius.conf:1: bad'] };
    },
    health: async () => ({ version: '1' }),
    follow: (wish, tell) => tracing.follow(wish, tell),
  };
  const listen = async (): Promise<void> => {
    server = await ControlServer.listen(path, orders, (error) => failed.push(error.message));
  };
  const failure = async (work: Promise<unknown>): Promise<Partial<OperatorError>> =>
    work.then(
      () => ({}),
      (error: Partial<OperatorError>) => error,
    );
  /** What comes back for these octets, until the other side ends. */
  const say = async (text: string): Promise<string> => {
    const socket = connect(path);
    let got = '';
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return got;
  };
  beforeEach(() => {
    asked = 0;
    failed = [];
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    rmSync(path, { force: true });
  });
  after(() => rmSync(dir, { recursive: true }));

  it('has a path of 107 octets at most, which Node.js 20 would cut off without a word', async () => {
    const long = join(dir, 'x'.repeat(107 - dir.length - 1));
    const at = (socket: string): string | undefined =>
      controlSocket({ control: { socket }, store: { url: { driver: 'sqlite', path: 'radgate.db' } } });
    const longest = await ControlServer.listen(at(long) ?? '', orders, () => undefined);
    expect(existsSync(long)).to.equal(true);
    await longest.close();
    expect(() => at(`${long}x`)).to.throw('too long for a Unix socket: 108 octets, of at most 107');
    expect(() => at(`${long.slice(0, -1)}ü`)).to.throw('108 octets');
  });

  it('tells what came of it, to its own user alone, and is gone with the service', async () => {
    await listen();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(await askReload(path)).to.deep.equal({
      ok: false,
      config: '/etc/radius.conf',
      why: ['/etc/radius.conf:1: bad'],
    });
    await server?.close();
    expect([asked, existsSync(path)]).to.deep.equal([1, false]);
  });

  it('does nothing for whoever says anything else, or more', async () => {
    await listen();
    for (const text of [
      'GET / HTTP/1.1\r\n\r\n',
      'reload\nreload\n',
      'RELOAD\n',
      '\0\n',
      'trace {\n',
      'trace {"all":1}\n',
      'x'.repeat(5_000),
    ])
      expect([text, await say(text)]).to.deep.equal([text, '']);
    expect(asked).to.equal(0);
  });

  it('shows what happens to those who follow, eight at most, loses what is not read, and says how much', async () => {
    await listen();
    const why = 'x'.repeat(1_000);
    const slow = connect(path);
    slow.write('trace {}\n');
    await once(slow, 'readable');
    const ends = Array.from({ length: 7 }, () => new AbortController());
    const others = ends.map((end) => followLogins(path, {}, end.signal));
    for (const other of others) expect((await other.next()).value).to.deep.equal({ event: 'following' });
    const ninth = followLogins(path, {}, new AbortController().signal);
    expect((await ninth.next()).value).to.deep.equal({ event: 'refused' });
    expect((await ninth.next()).done).to.equal(true);

    // Nobody reads: what the sockets take, and a megabyte each, is all that is kept.
    for (let i = 0; i < 5_000; i++) tracing.dropped('192.0.2.1', `reason-${i}`, why);
    let text = '';
    slow.setEncoding('utf8');
    const marked = (): boolean => text.includes('after the flood');
    for await (const chunk of slow as AsyncIterable<string>) {
      text += chunk;
      // What is lost is told once there is room again, which is before anything new.
      if (text.includes('"lost"') && !marked()) tracing.dropped('192.0.2.1', 'after the flood', why);
      if (marked()) break;
    }
    const lines = text
      .trim()
      .split('\n')
      .map((line) => traceEvent.parse(JSON.parse(line)));
    const lost = lines.reduce((sum, event) => sum + (event.event === 'lost' ? event.count : 0), 0);
    const told = lines.filter(({ event }) => event === 'dropped').length;
    expect(lost).to.be.greaterThan(1_000);
    expect(told + lost).to.equal(5_001);
    expect(tracing.isOn).to.equal(true);

    ends.forEach((end) => end.abort());
    for (const other of others) await other.return(undefined);
    await server?.close();
    expect(tracing.isOn).to.equal(false);
  });

  it('goes on where a connection can not be accepted, again and again', async () => {
    await listen();
    let opened: Server | undefined;
    const onSocket = (message: unknown): void => {
      opened = (message as { readonly socket: { readonly server: Server } }).socket.server;
    };
    subscribe('net.server.socket', onSocket);
    await askReload(path);
    unsubscribe('net.server.socket', onSocket);
    expect(opened?.address()).to.equal(path);
    // As Node tells that the process has no descriptor left: net emits it for each connection.
    for (let i = 0; i < 3; i++) opened?.emit('error', new Error('accept EMFILE'));
    expect(failed).to.deep.equal(['accept EMFILE', 'accept EMFILE', 'accept EMFILE']);
    expect((await askReload(path)).ok).to.equal(false);
  });

  it('ends for those who follow when the service does', async () => {
    await listen();
    const events = followLogins(path, {}, new AbortController().signal);
    await events.next();
    await server?.close();
    const end = await failure(events.next());
    expect(end.code === undefined || end.code === 'not-running').to.equal(true);
    expect(JSON.parse(await say('health\n').catch(() => 'null'))).to.equal(null);
  });

  it('leaves the socket of a service that lives alone, and takes the place of one that was killed', async () => {
    await listen();
    const another = ControlServer.listen(path, orders, () => undefined);
    expect((await failure(another)).message).to.equal('another service answers there');
    expect((await askReload(path)).ok).to.equal(false);
    await server?.close();

    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
    const child = startChild(process.execPath, ['-e', script], { cwd: dir });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(existsSync(path)).to.equal(true);
    await listen();
    expect((await askReload(path)).ok).to.equal(false);
  });

  it('a file that is no socket is never removed', async () => {
    writeFileSync(path, 'something of value');
    expect((await failure(listen())).message).to.be.a('string');
    expect(existsSync(path)).to.equal(true);
  });

  it('says what is wrong where no service answers, or another program does', async () => {
    const none = await failure(askReload(path));
    expect([none.code, none.exit, none.message]).to.deep.equal([
      'not-running',
      69,
      `no service answers at ${path} (ENOENT)`,
    ]);
    const script = `require('node:net').createServer((s) => s.end('hello')).listen(${JSON.stringify(path)}, () => console.log('up'))`;
    const child = startChild(process.execPath, ['-e', script], { cwd: dir });
    await once(child.stdout, 'data');
    const other = await failure(askReload(path));
    child.kill('SIGKILL');
    await once(child, 'close');
    expect([other.code, other.message]).to.deep.equal([
      'not-running',
      `the service at ${path} gave no answer that can be read`,
    ]);
  });
});
