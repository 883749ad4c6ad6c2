import { expect } from 'chai';
import { makeCertificate } from './certificate.ts';
import { peer } from './peer.ts';
import { startRadgate, succeed, type Radgate } from './radgate.ts';
import { startRsyslog, type Rsyslog } from './rsyslog.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

const configOf = (dir: string, siem: string): string => `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${dir}/radgate.db"
[audit]
node = "radgate-1"
[[client]]
name = "nas"
address = "127.0.0.1"
secret = "between-the-nas-and-radgate"
[[primary]]
name = "local"
type = "local"
[[siem]]
name = "soc"
${siem}
`;

for (const transport of ['udp', 'tcp', 'tls'] as const)
  peer('rsyslog', ...(transport === 'tls' ? (['rsyslog-openssl'] as const) : []))(
    `events of the audit, received by a real rsyslog over ${transport}`,
    function () {
      this.timeout(60_000);
      let dir: string;
      let rsyslog: Rsyslog;
      let radgate: Radgate;
      before(async () => {
        dir = await makeTempDir('siem');
        const certificate = transport === 'tls' ? await makeCertificate(dir, 'localhost') : undefined;
        rsyslog = await startRsyslog(dir, certificate);
        const ca = certificate ? `ca_file = "${certificate.certificate}"` : '';
        const siem = `transport = "${transport}"\nserver = "localhost:${rsyslog.port}"\n${ca}`;
        radgate = await startRadgate({ config: (at) => configOf(at, siem) });
      });
      after(async () => {
        await radgate?.stop();
        await rsyslog?.stop();
        await removeTempDir(dir);
      });

      it('tells of the start, and of a command beside it, as they were written', async () => {
        const start = await rsyslog.received.waitFor(({ id }) => id === 'service-start', 'the start', 20_000);
        expect(start).to.deep.include({ priority: 85, host: 'radgate-1', app: 'radgate' });
        await succeed(radgate.cli(['user', 'add', 'zoë', '--phone', '+41791234567']));
        const added = await rsyslog.received.waitFor(({ id }) => id === 'user-add', 'the user', 20_000);
        expect(JSON.parse(added.text)).to.deep.include({
          user: 'zoë',
          phone: '+41 ** ** ** 67',
          client: 'radgate user add',
          result: 'change',
        });
      });

      // By UDP what is lost is lost.
      if (transport === 'udp') return;
      it('loses none while the receiver is down, and over a SIGKILL', async () => {
        const { port } = rsyslog;
        await rsyslog.stop();
        await succeed(radgate.cli(['user', 'add', 'first']));
        await radgate.kill();
        await succeed(radgate.cli(['user', 'add', 'second']));
        const certificate = transport === 'tls' ? await makeCertificate(dir, 'localhost') : undefined;
        rsyslog = await startRsyslog(dir, certificate, port);
        radgate = await radgate.restart();
        for (const user of ['first', 'second'])
          await rsyslog.received.waitFor(
            ({ id, text }) => id === 'user-add' && (JSON.parse(text) as { readonly user: string }).user === user,
            `the user ${user}`,
            30_000,
          );
      });
    },
  );

describe('events of the audit, on standard output', function () {
  this.timeout(60_000);
  let radgate: Radgate;
  before(async () => {
    radgate = await startRadgate({ config: (at) => configOf(at, 'transport = "stdout"\nformat = "ecs"') });
  });
  after(() => radgate?.stop());

  it('are lines of their own among those of the log', async () => {
    await succeed(radgate.cli(['user', 'add', 'zoë']));
    const isIt = (line: object): boolean => JSON.stringify(line).includes('user-add') && 'event' in line;
    const event = await radgate.waitForLog(isIt, 'the user', 20_000);
    expect(event).to.have.nested.property('user.name', 'zoë');
    expect(radgate.log.some(({ msg }) => msg === 'ready')).to.equal(true);
  });
});
