import { expect } from 'chai';
import type { Finished } from '../../peer/child.ts';
import {
  attribute,
  Code,
  parsePacket,
  reply,
  revealPassword,
  Type,
  valuesOfType,
  vendorAttribute,
  verifyMessageAuthenticator,
  type RawAttribute,
  type RawPacket,
} from '../../peer/packet-bytes.ts';
import { UdpClient, type Peer } from '../../peer/udp-client.ts';
import { Workplace } from './command.ts';

describe('radgate login', () => {
  const secret = 'shared with a server';
  const work = new Workplace();
  let server: UdpClient;
  let address: string;

  before(() => void work.write('secret', `${secret}\n`));
  after(() => work.remove());
  beforeEach(async () => {
    server = await UdpClient.open();
    address = `127.0.0.1:${server.port}`;
  });
  afterEach(() => server.close());

  const login = (user: string, input: string | Buffer, ...more: readonly string[]): Promise<Finished> =>
    work.radgate(['login', user, '--server', address, '--secret-file', 'secret', ...more], input);
  /** The next request, whose Message-Authenticator is right and comes first. */
  const request = async (): Promise<{ packet: RawPacket; from: Peer }> => {
    const { bytes, from } = await server.next(10_000);
    const packet = parsePacket(bytes);
    expect([packet.code, packet.attributes[0]?.type]).to.deep.equal([Code.accessRequest, Type.messageAuthenticator]);
    verifyMessageAuthenticator(packet, packet.authenticator, secret);
    return { packet, from };
  };
  const answer = async (code: number, attributes: readonly RawAttribute[]): Promise<RawPacket> => {
    const { packet, from } = await request();
    await server.send(reply(code, packet, { secret, attributes }), from);
    return packet;
  };
  const message = (text: string): RawAttribute => attribute(Type.replyMessage, text);

  it('sends what a VPN device sends, and prints what was granted with secrets masked', async () => {
    const ended = login('CORP\\älice', 'pässword\n');
    const tunnelPassword = attribute(69, Buffer.alloc(19, 0x80));
    const sent = await answer(Code.accessAccept, [
      message('Welcome\x1b[31m'),
      attribute(Type.framedIpAddress, Buffer.of(10, 0, 0, 1)),
      tunnelPassword,
      vendorAttribute(9, 1, 'shell:priv-lvl=15'),
    ]);
    expect(String(valuesOfType(sent, Type.userName))).to.equal('CORP\\älice');
    expect(String(revealPassword(sent, secret))).to.equal('pässword');
    expect(String(valuesOfType(sent, Type.nasIdentifier))).to.equal('radgate-login');
    expect(valuesOfType(sent, 6)).to.deep.equal([Buffer.of(0, 0, 0, 2)]);
    expect(valuesOfType(sent, Type.state)).to.deep.equal([]);
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout.split('\n')).to.deep.equal([
      'Access-Accept',
      '  Reply-Message = Welcome\\x1b[31m',
      '  Framed-IP-Address = 10.0.0.1',
      '  Tunnel-Password = ******',
      '  Cisco-AVPair = shell:priv-lvl=15',
      '',
    ]);
  });

  it('answers each challenge with its State and the next line', async () => {
    const ended = login('alice', 'password\r\n123456\n654321');
    const state = Buffer.from('00ff10', 'hex');
    await answer(Code.accessChallenge, [
      message('Hello.\nEnter '),
      message('your code: '),
      attribute(Type.state, state),
    ]);
    const second = await answer(Code.accessChallenge, [message('Again: '), attribute(Type.state, 'other')]);
    expect(valuesOfType(second, Type.state)).to.deep.equal([state]);
    expect(String(revealPassword(second, secret))).to.equal('123456');
    const third = await answer(Code.accessReject, [
      message('No '),
      message('more.'),
      attribute(101, Buffer.of(0, 0, 1, 0xf4)),
    ]);
    expect(String(valuesOfType(third, Type.state))).to.equal('other');
    expect(String(revealPassword(third, secret))).to.equal('654321');
    const { code, stdout, stderr } = await ended;
    expect([code, stdout.split('\n')[0]]).to.deep.equal([1, 'Access-Reject: No more.']);
    expect(stdout).to.contain('  Error-Cause = ');
    expect(stderr).to.equal('Hello.\nEnter your code: \nAgain: \n');
  });

  it('says so if input ends before the answer to a challenge, with 64', async () => {
    const ended = login('alice', 'password\n');
    await answer(Code.accessChallenge, [message('Enter your code: '), attribute(Type.state, 'x')]);
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).to.deep.equal([64, '']);
    expect(stderr).to.contain('standard input ended before the answer to "Enter your code:"');
  });

  it('sends the same bytes again after 3 s, and believes only a reply that was made with the secret', async () => {
    const started = performance.now();
    const ended = login('alice', 'password\n');
    const { packet: first, from } = await request();
    await server.send(reply(Code.accessAccept, first, { secret, forged: true }), from);
    await server.send(reply(Code.accessAccept, first, { secret: 'another' }), from);
    await server.send(reply(Code.accessAccept, first, { secret, messageAuthenticator: 'wrong' }), from);
    const { packet: second } = await request();
    expect(second.bytes.equals(first.bytes)).to.equal(true);
    expect(performance.now() - started).to.be.greaterThan(3_000);
    await server.send(reply(Code.accessReject, first, { secret, messageAuthenticator: 'none' }), from);
    const { code, stdout } = await ended;
    expect([code, stdout]).to.deep.equal([1, 'Access-Reject: (the server gives no reason)\n']);
  });

  it('shows every packet with -v, secrets masked', async () => {
    const ended = login('alice', 'geheim-password\n', '-v');
    const sent = await answer(Code.accessReject, [message('No.')]);
    const { stderr } = await ended;
    expect(stderr)
      .to.contain(`Access-Request to ${address} (id ${sent.identifier}, ${sent.bytes.length} octets)\n`)
      .and.contain('  User-Name = alice\n')
      .and.contain('  User-Password = ******\n')
      .and.contain('  NAS-Identifier = radgate-login\n')
      .and.contain(`Access-Reject from ${address} (id ${sent.identifier}, 43 octets)\n`)
      .and.contain('  Reply-Message = No.\n');
    expect(stderr).to.not.contain('geheim').and.not.contain(secret);
  });

  it('says that nothing listens there, with 69', async () => {
    const closed = await UdpClient.open();
    address = `127.0.0.1:${closed.port}`;
    await closed.close();
    const { code, stdout, stderr } = await login('alice', 'password\n');
    expect([code, stdout]).to.deep.equal([69, '']);
    expect(stderr).to.contain(`no answer from ${address}: connection refused`).and.contain('Is the server running');
  });

  it('refuses what cannot be right, with 64', async () => {
    const tries = [
      [['login'], '', "missing required argument 'user'"],
      [['login', 'a', '--server', '10.0.0.1:x', '--secret-file', 'secret'], '', '--server must be'],
      [['login', 'a', '--server', address, '--secret-file', 'none'], '', 'cannot read --secret-file'],
      [['login', 'a', '--server', address, '--secret-file', '/dev/null'], '', 'is empty'],
      [['login', 'a', '--server', address, '--secret-file', 'secret'], '', 'input ended before the password'],
      [['login', 'a', '--server', address, '--secret-file', 'secret'], 'x'.repeat(129), 'at most 128 octets'],
    ] as const;
    const ends = await Promise.all(tries.map(([args, input]) => work.radgate(args, input)));
    for (const [index, [, , said]] of tries.entries()) {
      expect([said, ends[index]?.code]).to.deep.equal([said, 64]);
      expect(ends[index]?.stderr).to.contain(said);
    }
    expect(server.unread).to.equal(0);
  });

  it('takes address and secret from the config of this host, and says if that has none for it', async () => {
    const config = (client: string): string => `
[listen]
auth = ["${address}"]
[[client]]
name = "net"
address = "127.0.0.0/8"
secret = "not this one, too short a prefix"
[[client]]
name = "here"
address = "${client}"
secret = "${secret}"
[[primary]]
name = "local"
type = "local"
`;
    work.write('radius.conf', config('127.0.0.1'));
    const ended = work.radgate(['login', 'alice'], 'password\n');
    await answer(Code.accessAccept, []);
    expect((await ended).stdout).to.equal('Access-Accept\n');
    const given = work.radgate(['login', 'alice', '--secret-file', 'secret'], 'password\n');
    await answer(Code.accessAccept, []);
    expect((await given).stdout).to.equal('Access-Accept\n');
    work.write('radius.conf', config('192.0.2.1').replace('127.0.0.0/8', '192.0.2.0/24'));
    const { code, stderr } = await work.radgate(['login', 'alice'], 'password\n');
    expect([code, stderr.includes('no [[client]] has the address 127.0.0.1')]).to.deep.equal([64, true]);
  });
});
