import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { run } from './child.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { accessRequest, Code, statusServer, Type, valuesOfType, type RawPacket } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { privateUrl } from './private-url.ts';
import { startPrometheus, type Prometheus, type Sample } from './prometheus.ts';
import { succeed } from './radgate.ts';
import { ask, clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { SmsGateway, taken } from './sms-gateway.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import { totp, wrongCode } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const monitoring = resolve(import.meta.dirname, '../../../docs/monitoring');
const password = 'wonderland';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
}

/** What Grafana puts in place of its variables. */
const variables: Readonly<Record<string, string>> = {
  $instance: '.*',
  $client: '.*',
  $job: '.*',
  $__rate_interval: '1m',
};
const filled = (expression: string): string =>
  Object.entries(variables).reduce((text, [name, value]) => text.replaceAll(name, value), expression);

/** The panels that the traffic of this test has nothing for. */
const empty = ['Waiting in the outbox'];

peer('prometheus', 'freeradius')('monitoring, by a real Prometheus that scrapes the built program', function () {
  this.timeout(60_000);
  let dir: string;
  let home: FreeRadius;
  let gateway: SmsGateway;
  let scene: Scene;
  let client: UdpClient;
  let prometheus: Prometheus;
  before(async () => {
    dir = await makeTempDir('prometheus');
    home = await startFreeRadius({ secret: upstreamSecret, users: { alice: { password }, bob: { password } } });
    gateway = await SmsGateway.start();
    gateway.behaviour = taken;
    scene = await startScene({
      upstream: [home.server],
      enrolled: ['alice'],
      added: ['bob'],
      more: `[metrics]
listen = ["127.0.0.1:0"]
[[provider]]
name = "gateway"
type = "http"
channel = ["sms"]
url = "${gateway.url}/send"
json = '{"to": "{to}", "text": "{text}"}'
[[siem]]
name = "soc"
transport = "udp"
server = "127.0.0.1:${(await freeUdp()).port}"
`,
    });
    await succeed(scene.radgate.cli(['user', 'set', 'bob', '--phone', '+33612345601']));
    client = await UdpClient.open();
    prometheus = await startPrometheus(
      dir,
      privateUrl(scene.radgate).replace('http://', ''),
      resolve(monitoring, 'alerts.yml'),
    );
  });
  after(async () => {
    await prometheus?.stop();
    await client?.close();
    await scene?.stop();
    await gateway?.stop();
    await home?.stop();
    await removeTempDir(dir);
  });

  /** A port that nobody listens on: what goes there by UDP is taken all the same. */
  const freeUdp = async (): Promise<{ readonly port: number }> => {
    const socket = await UdpClient.open();
    const { port } = socket;
    await socket.close();
    return { port };
  };
  let identifier = 0;
  const say = (user: string, typed: string, answers?: RawPacket): Promise<RawPacket> => {
    identifier++;
    const state = answers && valuesOfType(answers, Type.state)[0];
    return ask(client, scene, { identifier, user, password: typed, state });
  };
  /** Waits until an expression gives this: what was counted is seen at the next scrape. */
  const seen = async (expression: string, value: number): Promise<readonly Sample[]> => {
    for (let last: readonly Sample[] = []; ;) {
      last = await prometheus.query(expression);
      if (last.some((sample) => Number(sample.value[1]) === value)) return last;
    }
  };
  const traffic = async (): Promise<void> => {
    const question = await say('alice', password);
    expect(question.code).to.equal(Code.accessChallenge);
    const again = await say('alice', wrongCode(scene.oath('alice')), question);
    expect(again.code).to.equal(Code.accessChallenge);
    const accepted = await say('alice', totp(scene.oath('alice')), again);
    expect(accepted.code).to.equal(Code.accessAccept);
    expect((await say('alice', 'not this one')).code).to.equal(Code.accessReject);
    expect((await say('bob', password)).code).to.equal(Code.accessChallenge);
    await gateway.calls.waitFor(() => gateway.calls.entries.length === 1, 'a text');
    // The same once more, one that is forged, and a stranger.
    const request = accessRequest({ identifier: 99, secret: clientSecret, user: 'alice', password: 'nor this' });
    await client.exchange(request, scene.nas);
    await client.exchange(request, scene.nas);
    await client.send(statusServer({ identifier: 1, secret: 'another secret' }), scene.nas);
    await client.expectSilence(scene.nas, clientSecret);
  };

  it('reads what happened, by client, factor, result and reason', async () => {
    // So that there is something that the figures have increased from.
    await seen('radgate_ready', 1);
    await traffic();
    const login = (labels: string): string => `radgate_logins_total{client="nas", ${labels}}`;
    await seen(login('factor="totp", result="accept", reason="accepted"'), 1);
    await seen(login('factor="none", result="reject", reason="upstream-rejected"'), 2);
    await seen('radgate_challenges_total{client="nas", reason="code-wrong"}', 1);
    await seen('radgate_duplicate_requests_total{client="nas"}', 1);
    await seen('radgate_drops_total{reason="message-authenticator-wrong"}', 1);
    await seen('radgate_upstream_up{primary="home"}', 1);
    await seen('radgate_upstream_requests_total{primary="home", result="answered"}', 4);
    await seen('radgate_provider_calls_total{provider="gateway", channel="sms", result="sent"}', 1);
    await seen('radgate_login_stage_seconds_count{stage="primary"}', 4);
    await seen('radgate_siem_up{siem="soc"}', 1);
    await seen('radgate_store_up', 1);
    await seen('up{job="radgate"}', 1);
    // One of alice was answered; bob's waits.
    await seen('radgate_pending_challenges', 1);
  });

  it('tells no user, and is named by the conventions: promtool check metrics', async () => {
    const text = await (await fetch(`${privateUrl(scene.radgate)}/metrics`)).text();
    for (const secret of ['alice', 'bob', '+336', '127.0.0.1"', password, clientSecret, upstreamSecret])
      expect(text.includes(secret), `it tells ${secret}`).to.equal(false);
    const checked = await run('promtool', ['check', 'metrics'], { input: text });
    expect([checked.code, checked.stderr]).to.deep.equal([0, '']);
  });

  it('has alert rules that are right (promtool), and whose expressions this Prometheus can judge', async () => {
    for (const args of [
      ['check', 'rules', 'alerts.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ]) {
      const checked = await run('promtool', args, { cwd: monitoring });
      expect(checked.code, checked.stderr + checked.stdout).to.equal(0);
    }
    let rules = await prometheus.rules();
    while (rules.some(({ health }) => health === 'unknown')) rules = await prometheus.rules();
    expect(rules.filter(({ health }) => health !== 'ok')).to.deep.equal([]);
    expect(rules.length).to.be.above(15);
    expect(rules.filter(({ state }) => state === 'firing').map(({ name }) => name)).to.deep.equal([]);
  });

  it('names no metric in rules or on the dashboard that there is none of', async () => {
    const text = await (await fetch(`${privateUrl(scene.radgate)}/metrics`)).text();
    const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
    for (const file of ['alerts.yml', 'grafana-dashboard.json']) {
      const used = readFileSync(resolve(monitoring, file), 'utf8').match(/\b(radgate|process|nodejs)_[a-z_]+\b/g) ?? [];
      expect(used.length).to.be.above(10);
      expect([...new Set(used)].filter((name) => !names.includes(name))).to.deep.equal([]);
    }
  });

  it('has a dashboard each of whose expressions gives data', async () => {
    // What was seen once before has risen now.
    expect((await say('alice', 'not this one either')).code).to.equal(Code.accessReject);
    await seen('radgate_logins_total{client="nas", reason="upstream-rejected"}', 3);
    const dashboard = JSON.parse(readFileSync(resolve(monitoring, 'grafana-dashboard.json'), 'utf8')) as Dashboard;
    const without: string[] = [];
    let expressions = 0;
    for (const { title, targets = [] } of dashboard.panels)
      for (const { expr } of targets) {
        expressions++;
        if ((await prometheus.query(filled(expr))).length === 0) without.push(title);
      }
    expect(expressions).to.be.above(30);
    expect(without).to.deep.equal(empty);
  });

  it('sees a server die, and the alert of it wait for its time', async () => {
    await home.stop();
    await client.send(accessRequest({ identifier: 200, secret: clientSecret, user: 'alice', password }), scene.nas);
    await seen('radgate_upstream_up{primary="home"}', 0);
    for (let state: string | undefined; state !== 'pending';)
      state = (await prometheus.rules()).find(({ name }) => name === 'RadgatePrimaryDown')?.state;
  });
});
