import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { accessRequest } from '../peer/packet-bytes.ts';
import { figure, isSoak, latencies, quantile, sized } from './figures.ts';
import { inParallel } from './nas.ts';
import { FaultSite } from './site.ts';

const logins = sized(200, 5_000);
/** Lines that the log may grow by, whatever comes: one for each reason and address in a while. */
const linesAllowed = 30;
const burst = 20;

describe('fault: a flood from unknown addresses', function () {
  this.timeout(isSoak ? 600_000 : 60_000);
  let site: FaultSite;
  before(async () => {
    site = await FaultSite.open({ users: 20 });
    await site.start();
  });
  after(() => site?.close());

  it(`leaves ${logins} logins their answers, and the log short`, async () => {
    const flood = await Promise.all(
      ['127.0.0.66', '127.0.0.67', '127.0.0.68'].map(async (address) => {
        const socket = createSocket('udp4');
        socket.bind(0, address);
        await once(socket, 'listening');
        return socket;
      }),
    );
    const { address, port } = site.program.address;
    const linesBefore = site.program.output.length;
    let sent = 0;
    const pouring = new AbortController();
    const pour = async (socket: (typeof flood)[number]): Promise<void> => {
      while (!pouring.signal.aborted) {
        const bytes = accessRequest({
          identifier: sent % 256,
          secret: 'no secret of ours',
          user: 'eve',
          password: 'x',
        });
        socket.send(bytes, port, address);
        // The logins are sent from this process too.
        if (++sent % burst === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const poured = flood.map(pour);
    const ended = await inParallel(logins, 10, (index) => site.login(index % 20));
    pouring.abort();
    await Promise.all(poured);
    for (const socket of flood) socket.close();

    const took = ended.flatMap((one) => one.took);
    figure(`${sent} packets from unknown addresses; answers: ${latencies(took)}`);
    expect(ended.filter((one) => one.ended !== 'accept').length, 'logins that failed').to.equal(0);
    expect(sent, 'that was a flood').to.be.above(logins);
    const lines = site.program.output.slice(linesBefore).filter((line) => !line.includes('login accepted'));
    expect(lines.length, 'log lines beside those of the logins').to.be.at.most(linesAllowed);
    if (isSoak) expect(quantile(took, 0.99), 'p99 in ms').to.be.at.most(100);
  });
});
