import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { beginSentCode } from '../../src/factor/sent-code.ts';
import { bootId } from '../../src/store/host-time.ts';
import { systemClock } from '../../src/clock.ts';
import { answeredLogin, beginInput } from '../support/begin-input.ts';
import { windows } from '../support/login-rules.ts';
import { ScratchStore } from '../support/scratch-store.ts';
import { checkSms } from '../support/test-transactions.ts';
import { SeededRandom } from '../fuzz/seeded-random.ts';
import { startChild } from './child.ts';
import { SmsGateway } from './sms-gateway.ts';

const program = fileURLToPath(new URL('../support/deliverer.js', import.meta.url));
const messages = 200;
/** In milliseconds; the worker keeps 2 s of it to write down what came of a message, so a call begins within the first half second. */
const lease = 2_500;
const firstCalls = lease - 2_000;

describe('deliver: 200 messages by processes that are killed at any moment', function () {
  this.timeout(120_000);
  let scratch: ScratchStore;
  let gateway: SmsGateway;
  before(async () => {
    scratch = await ScratchStore.open();
    gateway = await SmsGateway.start();
  });
  after(async () => {
    await gateway.stop();
    await scratch.remove();
  });

  it('none is forgotten, none is sent twice within its lease, no code is good twice', async () => {
    const now = systemClock.wall();
    const codes = new Map<string, string>();
    for (let i = 0; i < messages; i++) {
      const userId = await scratch.addUser({ names: [`user${i}`] });
      await scratch.execute('UPDATE users SET phone = ? WHERE id = ?', `+336123${10_000 + i}`, userId);
      const time = { boot: bootId(), now: Math.floor(systemClock.monotonic()) };
      codes.set(userId, `${100_000 + i}`);
      await scratch.store.run(beginSentCode, { ...beginInput(userId, `${100_000 + i}`, now), time });
    }
    const arrivals = new Map<string, number[]>();
    let read = 0;
    const collect = (): void => {
      for (; read < gateway.calls.entries.length; read++) {
        const id = new URLSearchParams(gateway.calls.entries[read]?.body).get('id') ?? '';
        arrivals.set(id, [...(arrivals.get(id) ?? []), systemClock.monotonic()]);
      }
    };
    const left = async (): Promise<number> =>
      Number((await scratch.row("SELECT count(*) AS n FROM outbox WHERE state IN ('queued', 'processing')"))['n']);

    const random = new SeededRandom(5);
    let kills = 0;
    while ((await left()) > 0) {
      const child = startChild(process.execPath, [program, scratch.dir, gateway.url, String(lease)]);
      const end = once(child, 'close');
      const target = gateway.calls.entries.length + 1 + random.integer(16);
      // Killed at the n-th call from now, whatever is under way at that moment; the last ones end by themselves.
      await gateway.calls.waitFor(
        () => {
          collect();
          return gateway.calls.entries.length >= target || arrivals.size === messages;
        },
        `call ${target}`,
        30_000,
      );
      if (arrivals.size === messages) {
        // All have come: whoever is still said to be under way is sent once more after the lease of the one who died.
        while ((await left()) > 0) await new Promise((resolve) => setImmediate(resolve));
        child.stdin.end();
      } else {
        child.kill('SIGKILL');
        kills++;
      }
      await end;
      collect();
    }
    expect(kills).to.be.greaterThan(5);

    const rows = await scratch.query('SELECT id, state, sealed FROM outbox');
    expect(rows).to.have.length(messages);
    for (const { id, state, sealed } of rows) {
      expect({ state, sealed }).to.deep.equal({ state: 'sent', sealed: null });
      const times = arrivals.get(String(id)) ?? [];
      expect(times, 'forgotten').not.to.have.length(0);
      for (const [i, time] of times.slice(1).entries())
        expect(time - (times[i] ?? 0), 'twice within its lease').to.be.at.least(lease - firstCalls);
    }
    for (const [userId, code] of codes) {
      const answer = { userId, octets: Buffer.from(code), now: now + 1, windows, loginId: answeredLogin };
      const kinds = await Promise.all([1, 2].map(() => scratch.store.run(checkSms, answer)));
      expect(kinds.map(({ kind }) => kind)).to.deep.equal(['right', 'used']);
    }
  });
});
