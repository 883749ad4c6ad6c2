import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { expect } from 'chai';
import { SMTPServer } from 'smtp-server';
import { Workplace } from '../unit/cli/command.ts';
import { makeCertificate, type TestCertificate } from './certificate.ts';
import { freeTcpPort } from './free-port.ts';
import { peer } from './peer.ts';
import { Smsc } from './smsc.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

interface Checked {
  readonly ok: boolean;
  readonly message: string;
}
interface Connections {
  readonly providers: readonly (Checked & { readonly name: string; readonly type: string })[];
  readonly receivers: readonly (Checked & { readonly name: string })[];
  readonly web: Checked | null;
}

const password = 'canary-pw';
const base = `[store]
url = "sqlite:radgate.db"
[[client]]
name = "vpn"
address = "192.0.2.10"
secret = "0123456789abcdef"
[[primary]]
name = "local"
type = "local"
`;

peer('openssl')(
  'radgate check --connect: providers, receivers of the audit, the certificate of the pages',
  function () {
    this.timeout(30_000);
    const dirs: string[] = [];
    let work: Workplace;
    let localhost: TestCertificate;
    let other: TestCertificate;
    let address: TestCertificate;
    const open: Server[] = [];
    before(async () => {
      const made = async (name: string): Promise<TestCertificate> => {
        const dir = await makeTempDir('check');
        dirs.push(dir);
        return makeCertificate(dir, name);
      };
      localhost = await made('localhost');
      other = await made('other.example');
      address = await made('127.0.0.1');
    });
    after(() => Promise.all(dirs.map(removeTempDir)));
    beforeEach(() => (work = new Workplace()));
    afterEach(async () => {
      work.remove();
      for (const server of open.splice(0)) server.close();
    });

    const listen = async (server: Server): Promise<number> => {
      open.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    };
    const pem = (from: TestCertificate): { key: Buffer; cert: Buffer } => ({
      key: readFileSync(from.key),
      cert: readFileSync(from.certificate),
    });
    /** What is found of the config with these lines, and the exit code. Nothing that is printed has the password. */
    const check = async (lines: string): Promise<{ code: number | null; found: Connections; text: string }> => {
      work.write('radius.conf', `${base}${lines}`);
      const json = await work.radgate(['check', '--connect', '--json']);
      expect(json.stderr).to.equal('');
      const text = (await work.radgate(['check', '--connect'])).stdout;
      for (const printed of [json.stdout, text])
        for (const spelling of [
          password,
          Buffer.from(password).toString('base64'),
          Buffer.from(password).toString('hex'),
        ])
          expect(printed).to.not.contain(spelling);
      const { connections } = JSON.parse(json.stdout) as { connections: Connections };
      return { code: json.code, found: connections, text };
    };
    const provider = async (lines: string): Promise<Checked & { readonly code: number | null }> => {
      const { code, found } = await check(`[[provider]]\nname = "it"\ntimeout = "1s"\n${lines}\n`);
      const [only] = found.providers;
      if (!only) throw new Error('no provider');
      return { ...only, code };
    };

    describe('SMPP', () => {
      const smpp = (host: string, port: number, given: string, more = ''): string =>
        `type = "smpp"\nserver = "${host}:${port}"\nsystem_id = "radgate"\npassword = "${given}"\n${more}`;

      it('a bind that is taken, and one that is refused; no text goes out and the service keeps its own', async () => {
        const smsc = await Smsc.start(password);
        try {
          const good = await provider(smpp('127.0.0.1', smsc.port, password));
          expect([good.code, good.ok, good.message]).to.deep.equal([0, true, 'takes connections, and takes the bind']);
          const bad = await provider(smpp('127.0.0.1', smsc.port, 'another'));
          expect([bad.code, bad.ok]).to.deep.equal([69, false]);
          expect(bad.message).to.contain('does not accept this password (ESME_RINVPASWD): see "password"');
          expect([smsc.texts.entries, smsc.binds.entries]).to.deep.equal([[], []]);
        } finally {
          await smsc.stop();
        }
      });

      it('a bind over TLS, by name and by address', async () => {
        for (const [host, from] of [
          ['localhost', localhost],
          ['127.0.0.1', address],
        ] as const) {
          const smsc = await Smsc.start(password, pem(from));
          try {
            const more = `tls = true\nca_file = "${from.certificate}"`;
            const { code, message } = await provider(smpp(host, smsc.port, password, more));
            expect([code, message.replace(/\d{4}-\d\d-\d\d/, 'DAY')], host).to.deep.equal([
              0,
              'answers by TLSv1.3, certificate until DAY, and takes the bind',
            ]);
          } finally {
            await smsc.stop();
          }
        }
      });

      it('a name that is not there, a port where nobody listens, one that speaks something else', async () => {
        expect((await provider(smpp('smsc.invalid', 2775, password))).message).to.match(
          /name cannot be looked up.*does DNS work here/,
        );
        const none = await provider(smpp('127.0.0.1', await freeTcpPort('127.0.0.1'), password));
        expect(none.message).to.contain('nothing listens on this port');
        const mute = await listen(createServer((socket) => socket.resume()));
        expect((await provider(smpp('127.0.0.1', mute, password))).message).to.contain(
          'has not answered the bind within 1 s: is SMPP spoken at this port?',
        );
        expect((await provider(smpp('127.0.0.1', mute, password, 'tls = true'))).message).to.contain(
          'no connection within 1 s',
        );
        const rude = await listen(createServer((socket) => socket.end('220 hello\r\n')));
        expect((await provider(smpp('127.0.0.1', rude, password, 'tls = true'))).message).to.contain(
          'no TLS is spoken at this port',
        );
      });
    });

    describe('SMTP', () => {
      let mail: SMTPServer;
      const start = async (own: object = {}): Promise<number> => {
        mail = new SMTPServer({
          ...pem(localhost),
          disableReverseLookup: true,
          onAuth: (auth, _session, done) =>
            auth.password === password ? done(null, { user: 'radgate' }) : done(new Error(`no: ${auth.password}`)),
          ...own,
        });
        mail.on('error', () => undefined);
        mail.listen(0, '127.0.0.1');
        await once(mail.server, 'listening');
        return (mail.server.address() as AddressInfo).port;
      };
      afterEach(() => new Promise<void>((resolve) => mail.close(() => resolve())));
      const smtp = (host: string, port: number, given = password, more = ''): string =>
        `type = "smtp"\nserver = "${host}:${port}"\nusername = "radgate"\npassword = "${given}"\nfrom = "a@corp.example"\nca_file = "${localhost.certificate}"\n${more}`;

      it('credentials that are accepted, and such that are not, whatever the server says again', async () => {
        const port = await start();
        const good = await provider(smtp('localhost', port));
        expect([good.code, good.message]).to.deep.equal([0, 'answers with STARTTLS, and accepts the credentials']);
        const bad = await provider(smtp('localhost', port, 'canary-pw-wrong'));
        expect([bad.code, bad.message]).to.satisfy(
          ([code, message]: [number, string]) =>
            code === 69 && message.startsWith('it does not accept these credentials'),
        );
        expect(bad.message).to.not.contain('canary-pw-wrong');
      });

      it('a certificate for another name, one of nobody who is trusted, no STARTTLS, and the wrong kind of TLS', async () => {
        const port = await start();
        expect((await provider(smtp('127.0.0.1', port))).message).to.contain('its certificate is for another name');
        const untrusted = smtp('localhost', port).replace(/ca_file.*\n/, `ca_file = "${other.certificate}"\n`);
        expect((await provider(untrusted)).message).to.contain('of no authority that is trusted here');
        expect((await provider(smtp('localhost', port, password, 'tls = "implicit"'))).message).to.contain(
          'no TLS is spoken at this port',
        );
        await new Promise<void>((resolve) => mail.close(() => resolve()));
        const plain = await start({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
        expect((await provider(smtp('localhost', plain))).message).to.match(/does not offer STARTTLS/);
      });
    });

    describe('HTTP', () => {
      const http = (url: string): string =>
        `type = "http"\nchannel = ["sms"]\nurl = "${url}"\njson = '{"to":"{to}","text":"{text}"}'\ntoken = "${password}"\n`;

      it('is only reached: no request is made', async () => {
        let requests = 0;
        const port = await listen(createHttp(() => requests++));
        const good = await provider(http(`http://127.0.0.1:${port}/send/{to}`));
        expect([good.code, good.message]).to.satisfy(
          ([code, message]: [number, string]) =>
            code === 0 && message.startsWith('takes connections; nothing was sent'),
        );
        expect(requests).to.equal(0);
      });

      it('by TLS: a certificate of nobody who is trusted, no TLS at all, nobody there', async () => {
        const port = await listen(createHttps(pem(localhost)));
        expect((await provider(http(`https://localhost:${port}/`))).message).to.contain(
          'of no authority that is trusted here',
        );
        const plain = await listen(createHttp());
        expect((await provider(http(`https://localhost:${plain}/`))).message).to.contain(
          'no TLS is spoken at this port',
        );
        const free = await freeTcpPort('127.0.0.1');
        expect((await provider(http(`https://127.0.0.1:${free}/`))).message).to.contain('nothing listens on this port');
        expect((await provider(http('https://gateway.invalid/'))).message).to.contain('its name cannot be looked up');
      });
    });

    it('receivers of the audit: TLS with its certificate, TCP, UDP that nobody answers', async () => {
      const tls = await listen(createTls(pem(localhost), (socket) => socket.resume()));
      const tcp = await listen(createServer((socket) => socket.resume()));
      const siem = (name: string, transport: string, server: string, ca = localhost): string =>
        `[[siem]]\nname = "${name}"\ntransport = "${transport}"\nserver = "${server}"\n${transport === 'tls' ? `ca_file = "${ca.certificate}"\n` : ''}`;
      const good = await check(
        siem('a', 'tls', `localhost:${tls}`) + siem('b', 'tcp', `127.0.0.1:${tcp}`) + siem('c', 'udp', '127.0.0.1:9'),
      );
      expect(good.code).to.equal(0);
      const [a, b, c] = good.found.receivers;
      expect(a?.message).to.match(/^answers by TLSv1\.[23], certificate until \d{4}-\d\d-\d\d$/);
      expect(b?.message).to.equal('takes connections');
      expect(c?.message).to.contain('by UDP nothing answers');
      const bad = await check(
        siem('a', 'tls', `127.0.0.1:${tls}`) +
          siem('b', 'tls', `localhost:${tls}`, other) +
          siem('c', 'udp', 'siem.invalid:514'),
      );
      expect(bad.code).to.equal(69);
      expect(bad.found.receivers.map(({ message }) => message).join('\n')).to.match(
        /another name[^]*of no authority that is trusted here[^]*cannot be looked up/,
      );
      expect(bad.text).to.match(/^FAILED {2}siem a: TLS fails/m);
    });

    it('the certificate of the pages: its name, its key, its file', async () => {
      const web = (url: string, certificate: string, key: string): string =>
        `[web]\nlisten = ["127.0.0.1:8443"]\nurl = "${url}"\ncertificate = "${certificate}"\ncertificate_key = "${key}"\n`;
      const good = await check(web('https://localhost:8443', localhost.certificate, localhost.key));
      expect([good.code, good.found.web?.ok]).to.deep.equal([0, true]);
      expect(good.found.web?.message).to.match(/^certificate for localhost until .*; its name is /);
      const name = await check(web('https://mfa.corp.example', localhost.certificate, localhost.key));
      expect(name.found.web?.message).to.contain('not for mfa.corp.example of [web] url: browsers will refuse it');
      const key = await check(web('https://localhost', localhost.certificate, other.key));
      expect(key.found.web?.message).to.contain('is not the key of');
      const none = await check(web('https://localhost', join(work.dir, 'none.pem'), localhost.key));
      expect([none.code, none.found.web?.message.endsWith('there is no such file')]).to.deep.equal([69, true]);
    });
  },
);
