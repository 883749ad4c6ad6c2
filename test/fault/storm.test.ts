import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import {
  accessRequest,
  Code,
  parsePacket,
  statusServer,
  Type,
  valuesOfType,
  verifySignedReply,
} from '../peer/packet-bytes.ts';
import { figure, isSoak, sized } from './figures.ts';
import { clientSecret as secret, FaultSite, password } from './site.ts';

const copies = 50;
const logins = sized(20, 1_000);

describe(`fault: every packet comes ${copies} times`, function () {
  this.timeout(isSoak ? 600_000 : 60_000);
  let site: FaultSite;
  before(async () => {
    site = await FaultSite.open({ users: 20 });
    await site.start();
  });
  after(() => site?.close());

  it(`asks upstream once for each of ${logins} logins, and gives every copy the same octets`, async () => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { address, port } = site.program.address;
    let identifier = 0;
    const storm = async (user: string, typed: string, state?: Buffer): Promise<Buffer> => {
      const request = accessRequest({ identifier: identifier++ % 200, secret, user, password: typed, state });
      const probe = statusServer({ identifier: 255, secret });
      const replies: Buffer[] = [];
      // What is answered in order ends with the probe: no copy is waited for that does not come. Held ones come before it, or at its second turn.
      const done = new Promise<void>((resolve) => {
        const onMessage = (bytes: Buffer): void => {
          if (bytes[1] === request[1]) replies.push(bytes);
          else if (replies.length === 0) socket.send(probe, port, address);
          else {
            socket.off('message', onMessage);
            resolve();
          }
        };
        socket.on('message', onMessage);
      });
      for (let i = 0; i < copies; i++) socket.send(request, port, address);
      socket.send(probe, port, address);
      await done;
      // And once more, when it has been answered for sure.
      socket.send(request, port, address);
      const [again] = (await once(socket, 'message')) as [Buffer];
      replies.push(again);
      for (const reply of replies) expect(reply.equals(again), 'the same octets').to.equal(true);
      verifySignedReply(again, request, secret);
      return again;
    };

    for (let i = 0; i < logins; i++) {
      const asked = site.upstream.asked;
      const challenge = await storm(`user${i % 20}`, password);
      expect(challenge[0]).to.equal(Code.accessChallenge);
      expect(site.upstream.asked - asked, 'asked upstream').to.equal(1);
      const [state] = valuesOfType(parsePacket(challenge), Type.state);
      const accept = await storm(`user${i % 20}`, site.codeOf(i % 20), state);
      expect(accept[0]).to.equal(Code.accessAccept);
      expect(site.upstream.asked - asked, 'asked upstream after the code').to.equal(1);
    }
    socket.close();
    figure(`${logins} logins, ${2 * copies * logins} packets, ${site.upstream.asked} asked upstream`);
    await site.program.stop();
    const rows = await site.rows("SELECT count(*) AS count FROM audit WHERE result = 'accept'");
    expect(rows[0]?.['count']).to.equal(logins);
  });
});
