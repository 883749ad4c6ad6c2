import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SmppChannel } from '../../src/deliver/smpp.ts';
import { aMessage } from '../support/a-message.ts';
import { smppOptions } from '../support/smpp-options.ts';
import { makeCertificate, type TestCertificate } from './certificate.ts';
import { Journal } from './journal.ts';
import { peer } from './peer.ts';
import { Smsc } from './smsc.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

peer('openssl')('SMPP over TLS', function () {
  this.timeout(30_000);
  const dirs: string[] = [];
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  let smsc: Smsc;
  let channel: SmppChannel | undefined;

  before(() => process.on('warning', onWarning));
  afterEach(async () => {
    await channel?.close();
    await smsc.stop();
  });
  after(async () => {
    process.off('warning', onWarning);
    await Promise.all(dirs.map(removeTempDir));
  });

  const certificate = async (name: string): Promise<TestCertificate> => {
    const dir = await makeTempDir('smpp-tls');
    dirs.push(dir);
    return makeCertificate(dir, name);
  };
  /** An SMSC with a certificate for `name`. @returns its authority */
  const start = async (name: string): Promise<string> => {
    const made = await certificate(name);
    const cert = readFileSync(made.certificate);
    smsc = await Smsc.start('secret', { key: readFileSync(made.key), cert });
    return cert.toString();
  };

  for (const host of ['localhost', '127.0.0.1'])
    it(`by ${host}: messages go out, and answers and receipts come in`, async () => {
      const ca = await start(host);
      const came = new Journal<string>();
      channel = new SmppChannel(
        smppOptions(smsc.port, {
          host,
          tls: true,
          ca,
          onText: async ({ body }) => {
            came.add(body);
            return 'That login is over.';
          },
          onReceipt: async ({ status }) => came.add(status),
        }),
      );
      channel.open();
      const text = { source_addr_ton: 1, source_addr: '33612345610', destination_addr: '38080' };
      expect(await smsc.deliver({ ...text, short_message: Buffer.from('yes K7MPQ2') })).to.equal(0);
      await smsc.texts.waitFor(({ text: said }) => said === 'That login is over.', 'the words');
      expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'sent', providerId: 'm1' });
      const receipt = { esm_class: 4, receipted_message_id: 'm1', message_state: 2 };
      expect(await smsc.deliver(receipt, 'data_sm')).to.equal(0);
      expect(came.entries).to.deep.equal(['yes K7MPQ2', 'DELIVRD']);
      // Node.js warns of a server name that is an address (DEP0123).
      expect(warnings).to.deep.equal([]);
    });

  for (const [what, host, name, why] of [
    ['a certificate for another name', 'localhost', 'smsc.example', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'a certificate for the name where the address is asked for',
      '127.0.0.1',
      'localhost',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['a certificate for another address', '127.0.0.1', '127.0.0.2', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const)
    it(`${what} is refused, and nothing is said`, async () => {
      const ca = await start(name);
      channel = new SmppChannel(smppOptions(smsc.port, { host, tls: true, ca }));
      expect(await channel.send(aMessage(), 5_000)).to.deep.equal({
        kind: 'refused',
        why: `the connection failed (${why})`,
        permanent: false,
        toAll: true,
      });
      expect(smsc.pdus.entries).to.deep.equal([]);
    });

  it('a certificate of another authority, and an SMSC without TLS, are refused', async () => {
    await start('127.0.0.1');
    const other = readFileSync((await certificate('127.0.0.1')).certificate, 'utf8');
    channel = new SmppChannel(smppOptions(smsc.port, { tls: true, ca: other }));
    expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'refused', toAll: true });
    expect(smsc.pdus.entries).to.deep.equal([]);
    await Promise.all([channel.close(), smsc.stop()]);
    smsc = await Smsc.start('secret');
    channel = new SmppChannel(smppOptions(smsc.port, { tls: true, ca: other }));
    expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'refused', toAll: true });
    expect(smsc.pdus.entries).to.deep.equal([]);
  });
});
