import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { beginSentCode } from '../../../src/factor/sent-code.ts';
import { showUser } from '../../../src/store/users.ts';
import { foldUserName } from '../../../src/policy/user-name.ts';
import { SmsGateway } from '../../peer/sms-gateway.ts';
import { beginInput } from '../../support/begin-input.ts';
import { localConfig, Workplace } from './command.ts';

/** A TCP port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('radgate deliver', () => {
  const work = new Workplace();
  let gateway: SmsGateway;
  before(async () => {
    gateway = await SmsGateway.start();
    work.write(
      'radius.conf',
      `${localConfig}
[deliver]
lab = true
deny = ["+338"]
[[provider]]
name = "gone"
type = "http"
channel = "sms"
url = "http://127.0.0.1:${await closedPort()}/"
form = "t={text}"
[[provider]]
name = "gateway"
type = "http"
channel = "sms"
url = "${gateway.url}/"
form = "to={to}&text={text}&key={token}"
token = "the-key"
id_path = "id"
[[provider]]
name = "lab"
type = "file"
channel = "email"
directory = "messages"
`,
    );
  });
  after(async () => {
    await gateway.stop();
    work.remove();
  });

  it('sends a test message through the first provider that takes it, and says what the others said', async () => {
    const { code, stdout, stderr } = await work.radgate(['deliver', 'test', '+33 6 12 34 56 12', '--language', 'fr']);
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'Sent by "gateway" as g-1. Has it arrived?\n' });
    expect(stderr).to.contain('gone: refused: it cannot be reached (ECONNREFUSED)').and.to.contain('gateway: taken');
    const form = new URLSearchParams(gateway.calls.entries.at(-1)?.body);
    expect(form.get('to')).to.equal('+33612345612');
    expect(form.get('key')).to.equal('the-key');
    expect(form.get('text')).to.contain('votre code pour radgate (test)');
  });

  it('explains a failure, with 69, and 1 where it is for good', async () => {
    const down = await work.radgate(['deliver', 'test', '+33612345612', '--provider', 'gone']);
    expect(down).to.include({ code: 69, stdout: 'Not sent.\n' });
    expect(down.stderr).to.contain('nothing listens on this port: is the address right?');
    gateway.behaviour = { kind: 'answer', status: 422, body: '{}' };
    const bad = await work.radgate(['deliver', 'test', '+33612345612', '--provider', 'gateway']);
    expect(bad).to.include({ code: 1, stdout: 'Not sent.\n' });
    expect(down.stderr + bad.stderr).not.to.contain('the-key');
  });

  it('refuses what it can not send to', async () => {
    const codes = async (...args: readonly string[]): Promise<number | null> =>
      (await work.radgate(['deliver', 'test', ...args])).code;
    expect(await codes('0612345612')).to.equal(64);
    expect(await codes('+33812345612')).to.equal(1);
    expect(await codes('+33612345612', '--provider', 'nobody')).to.equal(64);
    expect(await codes('+33612345612', '--channel', 'voice')).to.equal(78);
    expect(await codes('+33612345612', '--language', 'xx')).to.equal(64);
  });

  it('writes a mail into the directory of a lab', async () => {
    await work.does(['deliver', 'test', 'alice@corp.example']);
    const [name = ''] = readdirSync(join(work.dir, 'messages'));
    expect(JSON.parse(readFileSync(join(work.dir, 'messages', name), 'utf8'))).to.include({
      to: 'alice@corp.example',
      subject: 'Your code for radgate (test)',
    });
  });

  it('check tells what is wrong with the texts', async () => {
    const good = readFileSync(join(work.dir, 'radius.conf'), 'utf8');
    work.write('bad.conf', good.replace('lab = true', 'lab = true\nlanguage = "de"'));
    const { code, stderr } = await work.radgate(['check', '-c', 'bad.conf']);
    expect(code).to.equal(78);
    expect(stderr).to.contain('there are no texts in "de"');
  });

  it('lists messages without what they say, and keeps the language of a user', async () => {
    await work.does(['user', 'add', 'alice', '--phone', '+33612345612']);
    await work.does(['user', 'set', 'alice', '--language', 'fr', '--prefer', 'sms']);
    expect(await work.json(['user', 'show', 'alice'])).to.include({ language: 'fr', preferred_way: 'sms' });
    expect((await work.radgate(['user', 'set', 'alice', '--language', 'xx'])).code).to.equal(64);
    expect(await work.does(['deliver', 'list'])).to.equal('No messages.\n');
    await work.inStore(async (store) => {
      const alice = foldUserName('alice');
      if (!alice) return expect.fail('no name');
      const { id } = await store.run(showUser, alice);
      return store.run(beginSentCode, { ...beginInput(id, '918273', Date.now()), challengeId: randomUUID() });
    });
    const shown = await work.does(['deliver', 'list', 'alice', '--state', 'queued']);
    expect(shown).to.match(/alice +sms +\+33 \*\* \*\* \*\* 12 +queued/);
    expect(shown).not.to.contain('918273');
    const listed = (await work.json(['deliver', 'list'])) as { total: number; messages: unknown[] };
    expect(listed.total).to.equal(1);
    expect(listed.messages[0]).to.deep.include({ user: 'alice', channel: 'sms', state: 'queued', why: null });
  });
});
