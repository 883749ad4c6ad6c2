import { EventEmitter, getEventListeners, once } from 'node:events';
import { expect } from 'chai';
import { record } from '../../src/audit/record.ts';
import { notePurge } from '../../src/audit/purge-audit.ts';
import { Retention } from '../../src/audit/retention.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { loginReasons, reasonOf } from '../../src/login/reasons.ts';
import type { Store } from '../../src/store/store.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ScratchStore } from '../support/scratch-store.ts';

describe('the retention of the audit', () => {
  let scratch: ScratchStore;
  before(async () => (scratch = await ScratchStore.open()));
  after(() => scratch.remove());

  it('removes what is too old at the start, a few rows at a time, and says so', async () => {
    const clock = new FakeClock();
    const keep = 86_400_000;
    for (let i = 0; i < 450; i++) {
      const { userId, audit } = attemptInput('u1', '', clock.wall() - keep - 500 + i);
      await scratch.store.run(record, { ...audit, userId, method: null, result: 'accept', reason: 'accepted' });
    }
    const { userId, audit } = attemptInput('u1', '', clock.wall());
    await scratch.store.run(record, { ...audit, userId, method: null, result: 'accept', reason: 'accepted' });
    const noted = new EventEmitter();
    const store: Store = {
      run: async (transaction, input) => {
        const output = await scratch.store.run(transaction, input);
        if (transaction.name === notePurge.name) noted.emit('noted');
        return output;
      },
      close: () => scratch.store.close(),
    };
    const onTrouble = (error: unknown): void => void noted.emit('error', error);
    const told = once(noted, 'noted');
    const { AbortController: Controller } = globalThis;
    const signals: AbortSignal[] = [];
    globalThis.AbortController = class extends Controller {
      constructor() {
        super();
        signals.push(this.signal);
      }
    };
    const retention = new Retention({ store, clock, keep, every: 3_600_000, onTrouble });
    globalThis.AbortController = Controller;
    await told;
    expect(
      signals.map((signal) => getEventListeners(signal, 'abort').length),
      'left by pauses',
    ).to.deep.equal([0]);
    await retention.stop();
    const left = await scratch.query('SELECT reason FROM audit ORDER BY seq');
    const reason = `audit-purged: 450 rows of before ${new Date(clock.wall() - keep).toISOString()}`;
    expect(left).to.deep.equal([{ reason: 'accepted' }, { reason }]);
    expect(reasonOf(reason)).to.equal(loginReasons.get('audit-purged'));
    const verified = await verifyAudit(scratch.store, { anchors: [], onlyNewer: false, onProgress: () => undefined });
    expect([verified.rows, verified.findings]).to.deep.equal([2, []]);
  });
});
