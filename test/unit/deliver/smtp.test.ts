import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { SmtpChannel, type SmtpOptions } from '../../../src/deliver/smtp.ts';
import { aMessage } from '../../support/a-message.ts';

describe('deliver: SMTP', () => {
  const dir = mkdtempSync(join(tmpdir(), 'radgate-smtp-'));
  let server: SMTPServer;
  let mails: { readonly secure: boolean; readonly user: string; readonly text: string }[];
  let refusal: Error | undefined;

  before(() => {
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(dir, 'key')];
    execFileSync('openssl', ['req', '-x509', ...key, ...names, '-out', join(dir, 'pem')], { stdio: 'ignore' });
  });
  after(() => rmSync(dir, { recursive: true }));

  const start = async (more: SMTPServerOptions = {}): Promise<void> => {
    mails = [];
    refusal = undefined;
    server = new SMTPServer({
      key: readFileSync(join(dir, 'key')),
      cert: readFileSync(join(dir, 'pem')),
      disableReverseLookup: true,
      onAuth: ({ username = '', password }, _session, done) =>
        password === 'right' ? done(null, { user: username }) : done(new Error('bad credentials')),
      onRcptTo: (_address, _session, done) => done(refusal),
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          mails.push({ secure: session.secure, user: String(session.user), text: Buffer.concat(parts).toString() });
          done();
        });
      },
      ...more,
    });
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
  };
  const stop = (): Promise<void> => new Promise((resolve) => server.close(resolve));
  const channel = (more: Partial<SmtpOptions> = {}): SmtpChannel =>
    new SmtpChannel({
      host: '127.0.0.1',
      port: (server.server.address() as AddressInfo).port,
      tls: 'starttls',
      ca: readFileSync(join(dir, 'pem')).toString(),
      username: 'radgate',
      password: 'right',
      from: 'Login <login@corp.example>',
      ...more,
    });
  const mail = aMessage({ method: 'email', to: 'alice@corp.example', subject: 'Votre code é', text: 'Code: 918273\n' });

  for (const tls of ['starttls', 'implicit'] as const)
    it(`sends a mail over TLS (${tls})`, async () => {
      await start({ secure: tls === 'implicit' });
      const result = await channel({ tls }).send(mail, 5_000);
      await stop();
      expect(result).to.deep.equal({ kind: 'sent', providerId: '<message-1@corp.example>' });
      expect(mails).to.have.length(1);
      expect(mails[0]).to.include({ secure: true, user: 'radgate' });
      expect(mails[0]?.text).to.match(/^From: Login <login@corp\.example>\r$/m);
      expect(mails[0]?.text).to.match(/^To: <?alice@corp\.example>?\r$/m);
      expect(mails[0]?.text).to.match(/^Auto-Submitted: auto-generated\r$/m);
      expect(mails[0]?.text).to.contain('Code: 918273');
    });

  it('sends to a host by its name with what is left of a deadline, a fraction of a millisecond too', async () => {
    await start();
    const result = await channel({ host: 'localhost' }).send(mail, 4_206.632_584);
    await stop();
    expect(result.kind).to.equal('sent');
  });

  it('sends nothing without TLS: neither to a server without STARTTLS nor to one whose certificate is not known', async () => {
    await start({ disabledCommands: ['STARTTLS'] });
    expect(await channel().send(mail, 5_000)).to.include({ kind: 'refused', permanent: false });
    await stop();
    await start();
    const result = await channel({ ca: undefined }).send(mail, 5_000);
    await stop();
    expect(result).to.include({ kind: 'refused', permanent: false });
    expect('why' in result && result.why).to.match(/certificate|TLS/);
    expect(mails).to.deep.equal([]);
  });

  it('tells bad credentials from a bad recipient', async () => {
    await start();
    const bad = await channel({ password: 'wrong' }).send(mail, 5_000);
    refusal = Object.assign(new Error('no such user'), { responseCode: 550 });
    const nobody = await channel().send(mail, 5_000);
    refusal = Object.assign(new Error('try later'), { responseCode: 450 });
    const later = await channel().send(mail, 5_000);
    await stop();
    expect(bad).to.include({ kind: 'refused', permanent: false, toAll: true });
    expect([nobody, later].some((each) => 'toAll' in each)).to.equal(false);
    expect('why' in bad && bad.why).to.contain('credentials');
    expect(nobody).to.include({ kind: 'refused', permanent: true });
    expect(later).to.include({ kind: 'refused', permanent: false });
    expect(mails).to.deep.equal([]);
  });

  it('waits no longer than it may for a server that says nothing, and says that nobody listens', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    await start();
    const { port } = silent.address() as AddressInfo;
    expect((await channel({ port }).send(mail, 300)).kind).to.be.oneOf(['unsure', 'refused']);
    silent.close();
    const gone = await channel({ port: 1 }).send(mail, 5_000);
    await stop();
    expect(gone).to.include({ kind: 'refused', permanent: false, toAll: true });
    expect('why' in gone && gone.why).to.contain('cannot be reached');
  });
});
