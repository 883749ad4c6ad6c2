import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Code, type RawPacket } from '../peer/packet-bytes.ts';
import { execute } from '../support/test-transactions.ts';
import { figure, isSoak, sized } from './figures.ts';
import { FaultNas } from './nas.ts';
import { clientSecret, FaultSite, password } from './site.ts';

const users = sized(10, 20);

describe('fault: a gateway that answers 500', function () {
  this.timeout(isSoak ? 900_000 : 60_000);
  let site: FaultSite;
  let gateway: Server;
  /** Messages by their number, as the gateway was asked. */
  const asked = new Map<string, number>();
  before(async () => {
    gateway = createServer((request, response) => {
      const to = new URL(request.url ?? '', 'http://gateway').searchParams.get('to') ?? '';
      asked.set(to, (asked.get(to) ?? 0) + 1);
      response.writeHead(500).end('out of order');
    }).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    site = await FaultSite.open({
      users,
      more: `
[[provider]]
name = "gateway"
type = "http"
channel = ["sms"]
method = "GET"
url = "http://127.0.0.1:${(gateway.address() as AddressInfo).port}/?to={to}&text={text}"
`,
    });
    await site.inStore(async (store) => {
      await store.run(execute, { sql: 'DELETE FROM tokens' });
      for (let index = 0; index < users; index++)
        await store.run(execute, {
          sql: 'UPDATE users SET phone = ? WHERE name = ?',
          parameters: [`+4420794609${String(index).padStart(2, '0')}`, `user${index}`],
        });
    });
    await site.start();
  });
  after(async () => {
    await site?.close();
    gateway.close();
  });

  it('lets nobody in, and sends no second message of its own accord', async () => {
    const nas = new FaultNas(clientSecret, () => site.program.address);
    const challenges = await Promise.all(
      Array.from({ length: users }, (_, index) => nas.ask(`user${index}`, password, { wait: 500, sends: 10 })),
    );
    expect(challenges.map((reply) => reply?.code)).to.deep.equal(
      Array.from({ length: users }, () => Code.accessChallenge),
    );
    const guessed = await Promise.all(
      challenges.map((challenge, index) => nas.answer(`user${index}`, challenge as RawPacket, '000000')),
    );
    expect(guessed.filter((reply) => reply?.code === Code.accessAccept)).to.deep.equal([]);
    await nas.close();
    await site.program.stop();
    const rows = await site.rows('SELECT state, count(*) AS count FROM outbox GROUP BY state');
    figure(
      `${asked.size} numbers, asked ${[...asked.values()].join(' ')} times; ${rows.map((row) => `${String(row['state'])} ${Number(row['count'])}`).join(', ')}`,
    );
    expect(
      rows.reduce((sum, row) => sum + Number(row['count']), 0),
      'messages',
    ).to.equal(users);
  });
});
