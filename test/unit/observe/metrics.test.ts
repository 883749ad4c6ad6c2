import { expect } from 'chai';
import { Tally } from '../../../src/figures/tally.ts';
import { Timings } from '../../../src/figures/timings.ts';
import { Traffic } from '../../../src/figures/traffic.ts';
import { Metrics, type MetricSources } from '../../../src/observe/metrics.ts';

function sources(changes: Partial<MetricSources> = {}): MetricSources {
  return {
    version: '1.2.3',
    traffic: new Traffic(),
    drops: new Tally(['reason']),
    eventLoop: new Timings(),
    store: {
      transactions: new Tally(['access', 'result']),
      took: { read: new Timings(), write: new Timings() },
      pending: 0,
      trouble: undefined,
    },
    isReady: () => true,
    warnings: () => new Map(),
    upstreams: () => [],
    providers: () => [],
    receivers: () => [],
    pendingLogins: () => 0,
    pendingReports: () => 0,
    rememberedRequests: () => 0,
    pendingChallenges: () => 0,
    waitingApprovals: () => 0,
    queued: async () => [],
    ...changes,
  };
}

/** The lines of a scrape that begin so, without those on what a metric is. */
async function lines(metrics: Metrics, beginning: string): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(beginning));
}

describe('Metrics', () => {
  it('tells counts as they are at each scrape, and never twice', async () => {
    const traffic = new Traffic();
    const metrics = new Metrics(sources({ traffic }));
    expect(await lines(metrics, 'radgate_logins_total')).to.deep.equal([]);
    const ended = { client: 'vpn', factor: 'totp', spent: { primary: 20, store: 2, approval: 0 }, took: 23 };
    traffic.ended({ ...ended, result: 'accept', reason: 'accepted' });
    traffic.ended({ ...ended, result: 'accept', reason: 'accepted' });
    traffic.ended({ ...ended, result: 'challenge', reason: 'code-asked' });
    for (let scrape = 0; scrape < 2; scrape++) {
      expect(await lines(metrics, 'radgate_logins_total')).to.deep.equal([
        'radgate_logins_total{client="vpn",factor="totp",result="accept",reason="accepted"} 2',
      ]);
      expect(await lines(metrics, 'radgate_challenges_total')).to.deep.equal([
        'radgate_challenges_total{client="vpn",reason="code-asked"} 1',
      ]);
    }
    const stage = await lines(metrics, 'radgate_login_stage_seconds_bucket{stage="primary"');
    expect(stage).to.include('radgate_login_stage_seconds_bucket{stage="primary",le="0.01"} 0');
    expect(stage).to.include('radgate_login_stage_seconds_bucket{stage="primary",le="0.025"} 3');
    expect(stage.at(-1)).to.equal('radgate_login_stage_seconds_bucket{stage="primary",le="+Inf"} 3');
    // Nothing waited for an approval.
    expect(await lines(metrics, 'radgate_login_stage_seconds_count{stage="approval"')).to.deep.equal([
      'radgate_login_stage_seconds_count{stage="approval"} 0',
    ]);
  });

  it('forgets a server that is there no more', async () => {
    let servers = ['192.0.2.5:1812', '192.0.2.6:1812'];
    const upstreams: MetricSources['upstreams'] = () => [
      {
        primary: 'nps',
        servers: servers.map((server) => ({
          server,
          isUp: server.startsWith('192.0.2.5'),
          isHopeful: true,
          outstanding: 1,
          asked: new Tally(['result']),
          took: new Timings(),
        })),
      },
    ];
    const metrics = new Metrics(sources({ upstreams }));
    expect(await lines(metrics, 'radgate_upstream_up')).to.deep.equal([
      'radgate_upstream_up{primary="nps",server="192.0.2.5:1812"} 1',
      'radgate_upstream_up{primary="nps",server="192.0.2.6:1812"} 0',
    ]);
    servers = servers.slice(0, 1);
    expect(await lines(metrics, 'radgate_upstream_up')).to.deep.equal([
      'radgate_upstream_up{primary="nps",server="192.0.2.5:1812"} 1',
    ]);
    expect(await lines(metrics, 'radgate_upstream_outstanding')).to.have.length(1);
  });

  it('writes names of the config so that none forges a line', async () => {
    const drops = new Tally(['reason']);
    drops.add('quo"te\\and\nline');
    expect(await lines(new Metrics(sources({ drops })), 'radgate_drops_total')).to.deep.equal([
      'radgate_drops_total{reason="quo\\"te\\\\and\\nline"} 1',
    ]);
  });

  it('is told all the same when the store cannot say what is queued', async () => {
    const metrics = new Metrics(sources({ queued: async () => undefined }));
    expect(await lines(metrics, 'radgate_outbox_messages')).to.deep.equal([]);
    expect(await lines(metrics, 'radgate_build_info')).to.deep.equal([
      `radgate_build_info{version="1.2.3",node="${process.version}"} 1`,
    ]);
  });
});
