import { expect } from 'chai';
import { Code } from '../peer/packet-bytes.ts';
import { figure, isSoak } from './figures.ts';
import { inParallel } from './nas.ts';
import { FaultSite, password } from './site.ts';

const guesses = 1_000;
const limit = 5;

describe(`fault: ${guesses} guesses of one user's code, on as many challenges as there are`, function () {
  this.timeout(isSoak ? 600_000 : 120_000);
  let site: FaultSite;
  before(async () => {
    site = await FaultSite.open({ users: 2, more: `[lockout]\nfailures = ${limit}\npause_after = ${limit}` });
    await site.start();
  });
  after(() => site?.close());

  it(`has exactly ${limit} of them compared`, async () => {
    const ended = await inParallel(guesses, 50, async (index) => {
      const challenge = await site.nas.ask('user0', password);
      if (challenge?.code !== Code.accessChallenge) return 'no challenge';
      await site.nas.answer('user0', challenge, `guess ${index}`);
      return 'answered';
    });
    const answered = ended.filter((one) => one === 'answered').length;
    const other = await site.login(1);
    expect(other.ended, 'another user').to.equal('accept');
    await site.program.stop();
    const rows = await site.rows(
      "SELECT failures FROM lockouts JOIN users ON users.id = lockouts.user_id WHERE factor = 'code' AND name = 'user0'",
    );
    const compared = await site.rows(
      "SELECT reason, count(*) AS count FROM audit WHERE user_name = 'user0' GROUP BY reason ORDER BY reason",
    );
    figure(
      `${guesses} tried, ${answered} on a challenge: ${compared.map((row) => `${String(row['reason'])} ${Number(row['count'])}`).join(', ')}`,
    );
    expect(answered, 'guesses that had a challenge').to.be.at.least(limit);
    expect(rows.map((row) => row['failures'])).to.deep.equal([limit]);
  });
});
