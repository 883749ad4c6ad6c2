import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../../peer/certificate.ts';
import { freeTcpPort } from '../../peer/free-port.ts';
import { Code, parsePacket, reply, verifyMessageAuthenticator } from '../../peer/packet-bytes.ts';
import { UdpClient } from '../../peer/udp-client.ts';
import { localConfig, Workplace } from './command.ts';

describe('radgate check', () => {
  let work: Workplace;
  beforeEach(() => (work = new Workplace()));
  afterEach(() => work.remove());

  const secret = 'a secret of the upstream';
  const upstreamConfig = (...servers: readonly string[]): string => `
[store]
url = "sqlite:radgate.db"
[[client]]
name = "vpn"
address = ["192.0.2.10", "2001:db8::/64"]
secret = "short"
[[primary]]
name = "nps"
type = "radius"
server = ${JSON.stringify(servers)}
secret = "${secret}"
timeout = "150ms"
`;

  it('warns of a certificate near its end, and of a file that has none', async () => {
    const { certificate } = await makeCertificate(work.dir, 'ldap.example');
    const empty = work.write('empty.pem', 'none');
    const siem = (name: string, ca: string): string =>
      `[[siem]]\nname = "${name}"\ntransport = "tls"\nserver = "siem.example:6514"\nca_file = "${ca}"\n`;
    work.write('my.conf', upstreamConfig('192.0.2.1:1812') + siem('near', certificate) + siem('none', empty));
    const { upkeep } = (await work.json(['check', '-c', 'my.conf'])) as { upkeep: string[] };
    expect(upkeep.find((told) => told.includes('"near"'))).to.match(/ends on \d{4}-\d\d-\d\d, in 1 days: renew it$/);
    expect(upkeep.find((told) => told.includes('"none"'))).to.contain('has no certificate in PEM');
    const { code, stdout } = await work.radgate(['check', '-c', 'my.conf']);
    expect(code).to.equal(0);
    expect(stdout).to.contain('warning: the certificate of [[siem]] "near"');
  });

  it('says that a config is good, with its warnings and what is in it', async () => {
    const file = work.write('my.conf', upstreamConfig('192.0.2.1:1812', '[2001:db8::1]:1812'));
    const { code, stdout, stderr } = await work.radgate(['check', '-c', 'my.conf']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout)
      .to.contain('my.conf:7: warning: "secret" in [[client]] "vpn" is shorter than 16 octets')
      .and.contain('my.conf is good.\n')
      .and.match(/^vpn +192\.0\.2\.10, 2001:db8::\/64 +nps +required$/m)
      .and.match(/^nps +radius +192\.0\.2\.1:1812, \[2001:db8::1\]:1812$/m);
    expect(await work.json(['check', '-c', file])).to.deep.include({
      ok: true,
      file,
      problems: [],
      store: join(work.dir, 'radgate.db'),
      primaries: [{ name: 'nps', type: 'radius', servers: ['192.0.2.1:1812', '[2001:db8::1]:1812'] }],
    });
  });

  it('tells every mistake with file and line, with 78', async () => {
    work.write('radius.conf', '[listen]\nauth = "here"\nport = 1\n[[client]]\nname = "vpn"\n');
    const { code, stdout, stderr } = await work.radgate(['check']);
    expect([code, stdout]).to.deep.equal([78, '']);
    const lines = stderr.split('\n');
    expect(lines.map((line) => /^\.\/radius\.conf:\d+: /.exec(line)?.[0]).filter(Boolean)).to.deep.equal([
      './radius.conf:1: ',
      './radius.conf:2: ',
      './radius.conf:3: ',
      './radius.conf:4: ',
      './radius.conf:4: ',
    ]);
    expect(stderr).to.contain('Correct the lines named above');
    const { code: jsonCode, stdout: json } = await work.radgate(['check', '--json']);
    const { ok, problems } = JSON.parse(json) as { ok: boolean; problems: { line: number; message: string }[] };
    expect([jsonCode, ok, problems.map(({ line }) => line)]).to.deep.equal([78, false, [1, 2, 3, 4, 4]]);
    expect(problems[2]?.message).to.contain('unknown key "port"');
  });

  it('says that there is no config, with 78', async () => {
    const { code, stderr } = await work.radgate(['check']);
    expect([code, stderr.split('\n')[0]]).to.deep.equal([
      78,
      'radgate: there is no radius.conf here, and no demo in ./radgate-data',
    ]);
  });

  describe('--connect', () => {
    let upstream: UdpClient;
    beforeEach(async () => (upstream = await UdpClient.open()));
    afterEach(() => upstream.close());

    it('asks each server with a signed Status-Server (RFC 5997), and one that answers is enough', async () => {
      const closed = await UdpClient.open();
      const refusing = `127.0.0.1:${closed.port}`;
      await closed.close();
      const address = `127.0.0.1:${upstream.port}`;
      work.write('radius.conf', upstreamConfig(refusing, address));
      const checked = work.radgate(['check', '--connect']);
      const { bytes, from } = await upstream.next(10_000);
      const request = parsePacket(bytes);
      expect(request.code).to.equal(Code.statusServer);
      verifyMessageAuthenticator(request, request.authenticator, secret);
      await upstream.send(reply(Code.accessAccept, request, { secret }), from);
      const { code, stdout } = await checked;
      expect(code).to.equal(0);
      expect(stdout)
        .to.match(new RegExp(`^ok +nps ${address}: answers \\(\\d+ ms\\)$`, 'm'))
        .and.match(new RegExp(`^FAILED +nps ${refusing}: connection refused`, 'm'))
        .and.match(/^ok +store: .*radgate\.db is not there yet; the first start makes it$/m);
      expect(existsSync(join(work.dir, 'radgate.db'))).to.equal(false);
    });

    it('says what to look at if none answers, with 69', async () => {
      const address = `127.0.0.1:${upstream.port}`;
      work.write('radius.conf', upstreamConfig(address));
      const { code, stdout } = await work.radgate(['check', '--connect']);
      expect(code).to.equal(69);
      expect(stdout).to.match(new RegExp(`^FAILED +nps ${address}: silent for 0\\.3 s: .*firewall.*NPS`, 'm'));
      expect(upstream.unread).to.equal(2);
    });

    it('says so if an answer was made with another secret, with 69', async () => {
      work.write('radius.conf', upstreamConfig(`127.0.0.1:${upstream.port}`));
      const checked = work.radgate(['check', '--connect', '--json']);
      const { bytes, from } = await upstream.next(10_000);
      await upstream.send(reply(Code.accessAccept, parsePacket(bytes), { secret: 'another' }), from);
      const { code, stdout } = await checked;
      const { ok, connections } = JSON.parse(stdout) as {
        ok: boolean;
        connections: { primaries: { servers: { message: string }[] }[] };
      };
      expect([code, ok]).to.deep.equal([69, false]);
      expect(connections.primaries[0]?.servers[0]?.message).to.contain('shared secret');
    });
  });

  it('--user goes with --connect, with 64', async () => {
    work.write('radius.conf', localConfig);
    const { code, stdout, stderr } = await work.radgate(['check', '--user', 'alice']);
    expect([code, stdout]).to.deep.equal([64, '']);
    expect(stderr).to.contain('--user goes with --connect');
  });

  it('--connect says so of a directory that is not there, and asks it for nobody, with 69', async () => {
    const closed = await freeTcpPort('127.0.0.1');
    const directory = `type = "ldap"
directory = "openldap"
server = "ldaps://127.0.0.1:${closed}"
base_dn = "dc=corp,dc=example"
`;
    work.write('radius.conf', localConfig.replace('type = "local"\n', directory));
    const { code, stdout } = await work.radgate(['check', '--connect', '--user', 'alice']);
    expect(code).to.equal(69);
    expect(stdout)
      .to.match(new RegExp(`^FAILED +local ldaps://127\\.0\\.0\\.1:${closed}: connection refused`, 'm'))
      .and.not.contain('may log in');
  });

  it('--connect opens a store that is there, and says what is wrong with it, with 69', async () => {
    work.write('radius.conf', localConfig);
    await work.does(['user', 'add', 'alice']);
    expect(await work.does(['check', '--connect'])).to.contain('radgate.db opens (users: 1, tokens: 0)');
    work.write('radgate.key', `${'0'.repeat(64)}\n`);
    const wrong = await work.radgate(['check', '--connect']);
    expect(wrong.code).to.equal(69);
    expect(wrong.stdout).to.match(/^FAILED +store: .*made with another key/m);
    work.write('radgate.db', 'not a database, but long enough to be one'.repeat(100));
    const broken = await work.radgate(['check', '--connect']);
    expect([broken.code, broken.stdout.includes('FAILED  store: ')]).to.deep.equal([69, true]);
  });
});
