import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { beginSentCode } from '../../src/factor/sent-code.ts';
import { countQueued } from '../../src/store/count-queued.ts';
import { probeStore } from '../../src/store/probe-store.ts';
import { sharedClock } from '../../src/store/shared-clock.ts';
import { beginInput } from '../support/begin-input.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers, sqlite } from '../support/store-drivers.ts';
import { execute, query } from '../support/test-transactions.ts';

for (const driver of drivers)
  driver.suite(`contract: what metrics and health ask of ${driver.name}`, function () {
    this.timeout(30_000);
    const [store] = nodesOn(driver).nodes;

    it('the probe writes, and changes nothing', async () => {
      const facts = { sql: 'SELECT name, value FROM facts ORDER BY name', parameters: [] };
      const before = await store.run(query, facts);
      expect(before).to.not.deep.equal([]);
      await store.run(probeStore, null);
      expect(await store.run(query, facts)).to.deep.equal(before);
    });

    it('the outbox is counted by channel and state', async () => {
      expect(await store.run(countQueued, null)).to.deep.equal([]);
      const userId = await addUser(store, { names: [randomUUID()] });
      await store.run(execute, { sql: 'UPDATE users SET phone = ?', parameters: ['+33612345612'] });
      const output = await store.run(beginSentCode, beginInput(userId, '123456', Date.UTC(2024, 0, 1, 12)));
      expect(output.kind).to.equal('queued');
      expect(await store.run(countQueued, null)).to.deep.equal([{ channel: 'sms', state: 'queued', count: 1 }]);
      await store.run(execute, { sql: "UPDATE outbox SET state = 'sent'", parameters: [] });
      expect(await store.run(countQueued, null)).to.deep.equal([]);
    });

    it('only a store that hosts share has a clock of its own', async () => {
      const told = await store.run(sharedClock, null);
      if (driver === sqlite) expect(told).to.equal(null);
      else expect(Math.abs((told ?? 0) - Date.now())).to.be.below(60_000);
    });
  });
