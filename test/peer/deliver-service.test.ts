import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { beginSentCode } from '../../src/factor/sent-code.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { bootId } from '../../src/store/host-time.ts';
import { showUser } from '../../src/store/users.ts';
import { beginInput } from '../support/begin-input.ts';
import { openStoreIn } from '../support/scratch-store.ts';
import { startRadgate, succeed, type Radgate } from './radgate.ts';
import { SmsGateway } from './sms-gateway.ts';

describe('deliver: the service', function () {
  this.timeout(30_000);
  let gateway: SmsGateway;
  let radgate: Radgate;

  before(async () => {
    gateway = await SmsGateway.start();
    radgate = await startRadgate({
      config: (dir) => `
[listen]
auth = "127.0.0.1:0"
[store]
url = "sqlite:${join(dir, 'radgate.db')}"
durability = "process"
[deliver]
poll = "1s"
[log]
level = "trace"
[[client]]
name = "nas"
address = "127.0.0.1"
secret = "between-the-nas-and-us"
[[primary]]
name = "here"
type = "local"
[[provider]]
name = "gateway"
type = "http"
channel = "sms"
url = "${gateway.url}/"
form = "to={to}&text={text}&key={token}"
token = "the-key-of-the-gateway"
`,
      prepare: async (cli) => void (await succeed(cli(['user', 'add', 'alice', '--phone', '+33612345612']))),
    });
  });
  after(async () => {
    await radgate.stop();
    await gateway.stop();
  });

  it('sends what another process has queued, says so, and logs neither code nor number nor key', async () => {
    const store = await openStoreIn(radgate.dir);
    const alice = foldUserName('alice');
    if (!alice) return expect.fail('no name');
    const { id } = await store.run(showUser, alice);
    const time = { boot: bootId(), now: Math.floor(systemClock.monotonic()) };
    const input = { ...beginInput(id, '918273', systemClock.wall()), time, challengeId: randomUUID() };
    expect(await store.run(beginSentCode, input)).to.include({ kind: 'queued' });
    await store.close();
    const line = await radgate.waitForLog(({ msg }) => msg === 'message sent', 'the message');
    expect(line).to.include({ message: input.outboxId, target: '+33 ** ** ** 12', provider: 'gateway', method: 'sms' });
    expect(new URLSearchParams(gateway.calls.entries[0]?.body).get('text')).to.contain('918273');
    const listed = await succeed(radgate.cli(['deliver', 'list']));
    expect(listed.stdout).to.match(/alice +sms +\+33 \*\* \*\* \*\* 12 +sent +1 +gateway/);
    expect(JSON.stringify(radgate.log) + radgate.stderr.join()).not.to.match(/918273|612345612|the-key-of-the-gateway/);
  });
});
