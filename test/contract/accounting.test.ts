import { expect } from 'chai';
import { purgedAtOnce, purgeSessions, recordSession } from '../../src/accounting/record.ts';
import { RecordedAccounting } from '../../src/accounting/recorded.ts';
import { readSession } from '../../src/accounting/session.ts';
import type { Attribute, Packet } from '../../src/packet/packet.ts';
import { attribute } from '../peer/packet-bytes.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { drivers } from '../support/store-drivers.ts';
import { execute, query } from '../support/test-transactions.ts';

const number = (type: number, value: number): Attribute => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return attribute(type, octets);
};
const packet = (attributes: readonly Attribute[]): Packet => ({
  bytes: Buffer.alloc(20),
  code: 4,
  identifier: 1,
  authenticator: Buffer.alloc(16),
  attributes,
  messageAuthenticatorAt: 0,
});
const stop = [
  number(40, 2),
  attribute(1, 'alice'),
  attribute(44, 'session'),
  number(46, 3600),
  number(42, 7),
  number(52, 2),
  number(43, 9),
  attribute(8, Buffer.of(192, 0, 2, 7)),
  attribute(31, 'AA-BB'),
  number(49, 1),
  number(55, 1_700_000_000),
];

for (const driver of drivers)
  driver.suite(`contract: accounting in ${driver.name}`, function () {
    this.timeout(30_000);
    const [store, other] = nodesOn(driver).nodes;
    beforeEach(() => store.run(execute, { sql: 'DELETE FROM accounting' }));
    const record = (attributes: readonly Attribute[], at = 1_000_000, client = 'vpn'): Promise<null> =>
      store.run(recordSession, { at, client, clientAddress: '192.0.2.1', session: readSession(packet(attributes)) });
    const rows = () => store.run(query, { sql: 'SELECT * FROM accounting ORDER BY id' });

    it('keeps what a report says', async () => {
      await record(stop);
      const [row] = await rows();
      const { id, digest, ...said } = row ?? {};
      expect(typeof id).to.equal('number');
      expect(digest).to.have.length(32);
      expect(said).to.deep.equal({
        at: 1_000_000,
        client: 'vpn',
        client_address: '192.0.2.1',
        status: 'stop',
        user_name: 'alice',
        session_id: 'session',
        session_time: 3600,
        input_octets: 2 * 2 ** 32 + 7,
        output_octets: 9,
        framed_address: '192.0.2.7',
        calling_station_id: 'AA-BB',
        terminate_cause: 1,
        event_at: 1_700_000_000_000,
      });
    });

    it('what is missing or of a wrong size is null, and is kept all the same', async () => {
      await record([attribute(40, 'x'), attribute(8, 'abc'), attribute(44, '')]);
      expect((await rows())[0]).to.include({ status: 'unknown', session_id: null, framed_address: null });
      await record([number(40, 15)]);
      expect((await rows())[1]).to.include({ status: '15' });
    });

    it('a copy is no second report: within ten minutes, of the same client, whatever delay and proxies it had', async () => {
      await record(stop);
      await record([...stop, number(41, 30), attribute(33, 'proxy')], 1_600_000 - 1);
      expect(await rows()).to.have.length(1);
      await record(stop, 1_000_001, 'another');
      await record(stop.with(3, number(46, 3601)));
      await record(stop, 1_600_001);
      expect(await rows()).to.have.length(4);
    });

    it('a copy is none either where both come at once, to two nodes', async () => {
      for (let i = 0; i < 5; i++) {
        const session = readSession(packet([number(46, i)]));
        const input = { at: 1_000_000, client: 'vpn', clientAddress: '192.0.2.1', session };
        await Promise.all([store, other, store, other].map((node) => node.run(recordSession, input)));
      }
      expect((await rows()).map((row) => row['session_time'])).to.deep.equal([0, 1, 2, 3, 4]);
    });

    it('what is older than it is to be kept goes, in bounded portions', async () => {
      const clock = new FakeClock();
      const recorded = new RecordedAccounting({
        store,
        clock,
        keep: 1_000,
        onTrouble: (error) => expect.fail(String(error)),
      });
      const old = clock.wall() - 1_001;
      for (let i = 0; i < 5; i++) await record([number(46, i)], old - i);
      await record([number(46, 99)], clock.wall() - 999);
      expect(await store.run(purgeSessions, 0)).to.equal(0);
      expect(purgedAtOnce).to.be.above(5);
      await recorded.purge();
      await recorded.close();
      expect((await rows()).map((row) => row['session_time'])).to.deep.equal([99]);
    });
  });
