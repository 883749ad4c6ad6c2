import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { hotp } from '../../src/factor/oath.ts';
import { Code, type RawPacket } from '../peer/packet-bytes.ts';
import { peer } from '../peer/peer.ts';
import { fakeTimeLibrary } from '../support/fake-time-library.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { figure, isSoak } from './figures.ts';
import { endOf } from './nas.ts';
import { FaultSite, password } from './site.ts';

const hour = 3_600;
const day = 24 * hour;
const key = Buffer.from('12345678901234567890');

for (const step of [hour, -hour, day, -day])
  peer('libfaketime')(`fault: the clock steps by ${step / hour} h`, function () {
    this.timeout(isSoak ? 120_000 : 60_000);
    let site: FaultSite;
    let rate: string;
    /** Seconds that radgate's clock is ahead. */
    let ahead = 0;
    const setClock = (seconds: number): void => {
      ahead = seconds;
      writeFileSync(rate, `${seconds >= 0 ? '+' : ''}${seconds}\n`);
    };
    const codeNow = (steps = 0): string =>
      hotp({ key, algorithm: 'sha1', digits: 6 }, Math.floor((Date.now() / 1000 + ahead) / 30) + steps);

    before(async () => {
      site = await FaultSite.open({ users: 1 });
      await site.inStore(async (store) => {
        for (const name of ['timed', 'early', 'late'])
          await giveToken(store, { userId: await addUser(store, { names: [name] }), key, type: 'totp' });
      });
      rate = join(site.place.dir, 'clock');
      setClock(0);
      await site.start(0, {
        env: {
          LD_PRELOAD: fakeTimeLibrary() ?? '',
          FAKETIME_TIMESTAMP_FILE: rate,
          FAKETIME_NO_CACHE: '1',
          // Monotonic time goes on as it does: that is what a step of the clock is.
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          DONT_FAKE_MONOTONIC: '1',
        },
      });
    });
    after(() => site?.close());

    it('no used code serves again, challenges are neither immortal nor dead, and logins go on', async () => {
      const used = codeNow();
      expect((await site.nas.login('timed', password, () => used)).ended, 'before the step').to.equal('accept');
      const waiting = (await site.nas.ask('early', password)) as RawPacket;
      expect(waiting.code).to.equal(Code.accessChallenge);

      setClock(step);
      expect((await site.nas.login('timed', password, () => used)).ended, 'the used code, after the step').to.not.equal(
        'accept',
      );
      // A challenge waits for so long by the monotonic clock, which did not step.
      expect(endOf(await site.nas.answer('early', waiting, codeNow())), 'a challenge from before the step').to.equal(
        'accept',
      );
      // A token whose code served at a later time waits for that time to pass: a code of an earlier step is never taken again.
      const expected = step > 0 ? 'accept' : 'challenge';
      expect((await site.nas.login('timed', password, () => codeNow(step > 0 ? 0 : 1))).ended, 'a new code').to.equal(
        expected,
      );
      expect((await site.nas.login('late', password, () => codeNow())).ended, 'who did not log in before').to.equal(
        'accept',
      );
      const stepped = codeNow();

      setClock(0);
      expect(
        (await site.nas.login('late', password, () => stepped)).ended,
        'its code, after the step back',
      ).to.not.equal('accept');
      expect(
        (await site.nas.login('timed', password, () => used)).ended,
        'the used code, at the old time',
      ).to.not.equal('accept');
      expect((await site.login(0)).ended, 'a token that counts').to.equal('accept');
      expect((await site.nas.probe()) !== undefined).to.equal(true);
      await site.program.stop();
      expect(site.lines(50), 'errors in the log').to.deep.equal([]);
      figure(`${step / hour} h and back: ${site.program.output.length} log lines`);
    });
  });
