import { expect } from 'chai';
import { parseAttribute, valuesOf, type AttributePair } from './attributes.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { hostPort } from './free-port.ts';
import { peer } from './peer.ts';
import { radclient, type RadclientResult } from './radclient.ts';
import { run } from './child.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';

const start: AttributePair[] = [
  ['Acct-Status-Type', 'Start'],
  ['Acct-Session-Id', '0000-0001'],
  ['User-Name', 'alice'],
  ['Framed-IP-Address', '192.0.2.7'],
  ['Calling-Station-Id', '198.51.100.7'],
  ['Class', '0x00ff80'],
];
const stop: AttributePair[] = [
  ['Acct-Status-Type', 'Stop'],
  ['Acct-Session-Id', '0000-0001'],
  ['User-Name', 'alice'],
  ['Acct-Session-Time', '3600'],
  ['Acct-Input-Octets', '7'],
  ['Acct-Input-Gigawords', '2'],
  ['Acct-Terminate-Cause', 'User-Request'],
];

peer('freeradius', 'radclient')('accounting, FreeRADIUS upstream', function () {
  this.timeout(20_000);
  let home: FreeRadius;
  let scene: Scene;
  let at: string;
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({ secret: upstreamSecret, accounting: true });
    scene = await startScene({
      upstream: [home.server],
      acct: ['127.0.0.1:0'],
      client: 'primary = "home"',
      primary: `accounting_server = "${home.accountingServer}"`,
      more: `
[[client]]
name = "recorded"
address = "127.0.0.2"
secret = "${clientSecret}"
primary = "home"
accounting = "record"
[[client]]
name = "stranded"
address = "127.0.0.3"
secret = "${clientSecret}"
primary = "gone"
deadline = "1s"
[[client]]
name = "off"
address = "127.0.0.4"
secret = "${clientSecret}"
primary = "home"
accounting = "off"
[[primary]]
name = "gone"
type = "radius"
server = "127.0.0.1:1"
secret = "${upstreamSecret}"
timeout = "100ms"
tries = 1
`,
    });
    const [, acct] = scene.radgate.listening;
    if (!acct) throw new Error('there is no accounting port');
    at = hostPort(acct.address, acct.port);
  });
  after(async () => {
    await scene.stop();
    await home.stop();
  });

  const report = (attributes: readonly AttributePair[], from = '127.0.0.1', own = {}): Promise<RadclientResult> => {
    const source: AttributePair = ['Packet-Src-IP-Address', from];
    return radclient({
      server: at,
      secret: clientSecret,
      command: 'acct',
      attributes: [...attributes, source],
      ...own,
    });
  };
  const rows = async (): Promise<string[]> => {
    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '-e',
      `import Database from 'libsql';
       const db = new Database(process.argv[1], { readonly: true });
       console.log(JSON.stringify(db.prepare('SELECT status, user_name, session_id, input_octets FROM accounting ORDER BY id').all()));`,
      `${scene.radgate.dir}/radgate.db`,
    ]);
    return (JSON.parse(stdout) as Record<string, unknown>[]).map((row) => Object.values(row).join(' '));
  };

  it('a report is answered once the upstream has it, with all that it says', async () => {
    const { reply } = await report([...start, ['Proxy-State', '0x6f7572732074686579']]);
    expect(reply?.code).to.equal('Accounting-Response');
    expect(valuesOf(reply?.attributes ?? [], 'Proxy-State'), "the device's own come back").to.have.length(1);
    const received = (await home.requests()).at(-1);
    expect(received?.code).to.equal('Accounting-Request');
    for (const [name, value] of start)
      expect(valuesOf(received?.attributes ?? [], name), name).to.deep.equal([
        parseAttribute(`${name} = ${String(value)}`)?.value ?? value,
      ]);
    expect(valuesOf(received?.attributes ?? [], 'Proxy-State'), 'and ours behind them').to.have.length(2);
  });

  it('every kind of report is relayed', async () => {
    for (const status of ['Interim-Update', 'Stop', 'Accounting-On', 'Accounting-Off'])
      expect(
        (
          await report([
            ['Acct-Status-Type', status],
            ['Acct-Session-Id', 'x'],
          ])
        ).reply?.code,
        status,
      ).to.equal('Accounting-Response');
  });

  it('where no upstream answers there is no answer', async () => {
    const { reply } = await report(start, '127.0.0.3', { timeout: 2 });
    expect(reply).to.equal(undefined);
    await scene.radgate.waitForLog(
      ({ client, msg }) => client === 'stranded' && String(msg).startsWith('accounting not answered'),
      'why',
    );
  });

  it('a wrong secret and a client whose reports are not taken meet silence', async () => {
    const wrong = radclient({ server: at, secret: 'another secret', command: 'acct', attributes: start, timeout: 1 });
    expect((await wrong).reply).to.equal(undefined);
    expect((await report(start, '127.0.0.4', { timeout: 1 })).reply).to.equal(undefined);
    for (const dropped of ['accounting-authenticator-wrong', 'accounting-off'])
      await scene.radgate.waitForLog(({ reason }) => reason === dropped, dropped);
  });

  it('Status-Server is answered by radgate itself', async () => {
    const attributes: AttributePair[] = [['Message-Authenticator', '0x00']];
    const { reply } = await radclient({ server: at, secret: clientSecret, command: 'status', attributes });
    expect(reply?.code).to.equal('Accounting-Response');
  });

  it('what is recorded is there once, however often it is reported', async () => {
    for (const attributes of [start, start, stop, [...stop, ['Acct-Delay-Time', '5'] as const]])
      expect((await report(attributes, '127.0.0.2')).reply?.code).to.equal('Accounting-Response');
    expect(await rows()).to.deep.equal(['start alice 0000-0001 ', 'stop alice 0000-0001 8589934599']);
  });
});
