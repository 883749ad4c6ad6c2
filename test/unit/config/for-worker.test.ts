import { expect } from 'chai';
import { noticeChannels } from '../../../src/build/build-approvals.ts';
import { forWorker } from '../../../src/config/for-worker.ts';
import { rest, Scratch } from './scratch.ts';

describe('config: of a further process on the same ports', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('has approvals as the first has, whose pages they are on, and metrics at ports of its own', () => {
    const { config } = scratch.load(`
[web]
listen = "127.0.0.1:8080"
url = "http://localhost:8080"
[approval]
channels = ["notify"]
[metrics]
listen = ["127.0.0.1:9812"]
[audit]
keep = "100d"
[[siem]]
name = "soc"
transport = "stdout"
[[provider]]
name = "ntfy"
type = "ntfy"
channel = "notify"
url = "https://ntfy.example"
topic = "radgate-{user}"
${rest}`);
    const third = forWorker(config, 3);
    expect(noticeChannels(third)).to.deep.equal(['notify']).and.to.deep.equal(noticeChannels(config));
    expect(third.web).to.deep.equal(config.web);
    expect(third.metrics.listen).to.deep.equal([{ host: '127.0.0.1', port: 9814 }]);
    expect([third.siem, third.audit.keep]).to.deep.equal([[], undefined]);
  });
});
