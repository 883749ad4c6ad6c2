import { expect } from 'chai';
import type { DecideOutput } from '../../../src/approval/decide-approval.ts';
import { AnswerLimits } from '../../../src/approval/answer-limits.ts';
import { TextAnswers } from '../../../src/approval/text-answers.ts';
import { english } from '../../../src/deliver/texts-en.ts';
import { usualWords } from '../../../src/policy/answer-words.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryLogger } from '../../support/memory-logger.ts';

const phone = '+33612345610';
const { answer_over: over, answer_unclear: unclear } = english.notice;

describe('approval: answers by text', () => {
  let clock: FakeClock;
  let answers: TextAnswers;
  /** As after a config was read anew. */
  let anew: () => TextAnswers;
  let lines: Readonly<Record<string, unknown>>[];
  let asked: string[];
  let outcome: () => Promise<DecideOutput>;
  let id = 0;

  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    outcome = () => Promise.resolve({ kind: 'gone' });
    const memory = memoryLogger();
    lines = memory.lines;
    const limits = new AnswerLimits(clock);
    anew = () =>
      new TextAnswers({
        limits,
        logger: memory.logger,
        decide: ({ token, decision }) => {
          asked.push(`${decision} ${token.toString()}`);
          return outcome();
        },
        words: usualWords,
        texts: english.notice,
        rules: { allow: ['+33', '+44'], deny: ['+3389'] },
      });
    answers = anew();
  });

  const take = (from: string, body: string, own = `t${id++}`): Promise<string | null> =>
    answers.take('texts', { id: own, from, body });
  const approved = (): Promise<DecideOutput> =>
    Promise.resolve({
      kind: 'approved',
      id: 'a',
      loginId: 'l',
      userName: 'alice',
      client: 'vpn',
      application: 'vpn',
      device: null,
      askedAt: 0,
      code: null,
    });

  it('ask with the number and the reference; what decides is answered by nothing', async () => {
    outcome = approved;
    expect(await take(phone, 'yes k7mpq2')).to.equal(null);
    expect(await take(phone, 'K7MPQ2')).to.equal(null);
    expect(await take(phone, 'nein K7MPQ2')).to.equal(null);
    expect(asked).to.deep.equal([
      `approve text:${phone}:K7MPQ2`,
      `approve text:${phone}:K7MPQ2`,
      `decline text:${phone}:K7MPQ2`,
    ]);
  });

  it('that decide nothing are told why, and no number is in the log', async () => {
    expect(await take(phone, 'yes K7MPQ2')).to.equal(over);
    expect(await take(phone, 'yes')).to.equal(unclear);
    expect(await take(phone, '')).to.equal(unclear);
    expect(asked).to.have.length(1);
    expect(JSON.stringify(lines)).to.not.contain(phone).and.not.contain('K7MPQ2');
    expect(lines.map((line) => line['from'])).to.deep.equal(Array(3).fill('+33 ** ** ** 10'));
  });

  it('are looked at once, also while the first is; after a failure again', async () => {
    let release = (): void => undefined;
    outcome = () => new Promise((resolve) => (release = () => resolve(approved())));
    const first = take(phone, 'yes K7MPQ2', 'same');
    expect(await take(phone, 'yes K7MPQ2', 'same')).to.equal(null);
    release();
    expect(await first).to.equal(null);
    expect(asked).to.have.length(1);
    outcome = () => Promise.reject(new Error('the store is away'));
    const failed: unknown = await take(phone, 'no K7MPQ2', 'failing').catch((error: unknown) => error);
    expect(failed).to.be.an('error');
    outcome = approved;
    expect(await take(phone, 'no K7MPQ2', 'failing')).to.equal(null);
    expect(asked).to.have.length(3);
    // Another provider may have the same name for another text.
    await answers.take('other', { id: 'same', from: phone, body: 'yes K7MPQ2' });
    expect(asked).to.have.length(4);
  });

  /** So many texts of one number. @returns how many of them were looked at */
  const flood = async (count: number, body: string): Promise<number> => {
    const before = asked.length;
    for (let i = 0; i < count; i++) await take(phone, body);
    return asked.length - before;
  };

  it('that are wrong yeses are looked at a thousand times an hour of one number, one by one or at once', async () => {
    await Promise.all(Array.from({ length: 600 }, () => take(phone, 'yes K7MPQ2')));
    expect(asked).to.have.length(600);
    expect(await flood(500, 'K7MPQ2')).to.equal(400);
    expect(lines.at(-1)).to.include({ msg: 'approval: too many wrong answers from this number; not looked at' });
    await take('+33612345611', 'yes K7MPQ2');
    expect(asked).to.have.length(1_001);
    clock.pass(3_600_001);
    expect(await flood(1, 'yes K7MPQ2')).to.equal(1);
  });

  it('are not counted that could not be looked at, however often they come again', async () => {
    outcome = () => Promise.reject(new Error('the store is away'));
    for (let i = 0; i < 1_100; i++) {
      const failed: unknown = await take(phone, 'yes K7MPQ2', 'again').catch((error: unknown) => error);
      expect(failed).to.be.an('error');
    }
    outcome = approved;
    expect(await take(phone, 'yes K7MPQ2', 'again')).to.equal(null);
    expect(asked).to.have.length(1_101);
  });

  it('are all looked at that are right, a no, or a report, whatever else came from the number', async () => {
    outcome = approved;
    expect(await flood(1_100, 'yes K7MPQ2'), 'right').to.equal(1_100);
    outcome = () => Promise.resolve({ kind: 'gone' });
    expect(await flood(1_100, 'hello'), 'no answers').to.equal(0);
    expect(await flood(1_100, 'yes K7MPQ2'), 'wrong').to.equal(1_000);
    expect(await flood(1_100, 'no K7MPQ2')).to.equal(1_100);
    expect(await flood(1, 'fraud K7MPQ2')).to.equal(1);
    expect(await flood(1, 'yes K7MPQ2')).to.equal(0);
  });

  it('are counted on, and known again, when a config was read anew', async () => {
    await flood(998, 'yes K7MPQ2');
    await take(phone, 'yes K7MPQ2', 'last');
    answers = anew();
    expect(await take(phone, 'yes K7MPQ2', 'last')).to.equal(null);
    expect(await flood(2, 'yes K7MPQ2')).to.equal(1);
    expect(await take('+33612345611', 'hello')).to.equal(unclear);
  });

  it('explain three times an hour to a number, a hundred times to all, and only where messages may go', async () => {
    const told: (string | null)[] = [];
    for (let i = 0; i < 5; i++) told.push(await take(phone, 'hello'));
    expect(told).to.deep.equal([unclear, unclear, unclear, null, null]);
    for (const number of ['+15551234567', '+33891234567']) expect(await take(number, 'hello'), number).to.equal(null);
    const others: (string | null)[] = [];
    for (let i = 0; i < 120; i++) others.push(await take(`+336000${10_000 + i}`, 'hello'));
    expect(others.filter((words) => words !== null)).to.have.length(97);
  });
});
