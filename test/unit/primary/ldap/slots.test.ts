import { expect } from 'chai';
import { LdapTrouble } from '../../../../src/primary/ldap/ldap-error.ts';
import { Slots } from '../../../../src/primary/ldap/slots.ts';

/** A task that goes on until it is told to end. */
class Task {
  isRunning = false;
  end: () => void = () => undefined;
  readonly run = async (): Promise<void> => {
    this.isRunning = true;
    await new Promise<void>((resolve) => (this.end = resolve));
  };
}

const patient = (): number => 10_000;
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('primary/ldap/slots', () => {
  it('lets as many go on as there are, and the others in turn', async () => {
    const slots = new Slots(2, 10);
    const tasks = Array.from({ length: 4 }, () => new Task());
    const running = (): boolean[] => tasks.map(({ isRunning }) => isRunning);
    const all = tasks.map((task) => slots.run(patient, task.run));
    await tick();
    expect(running()).to.deep.equal([true, true, false, false]);
    tasks[1]?.end();
    await all[1];
    await tick();
    expect(running()).to.deep.equal([true, true, true, false]);
    tasks[0]?.end();
    await all[0];
    await tick();
    expect(running()).to.deep.equal([true, true, true, true]);
    for (const task of tasks) task.end();
    await Promise.all(all);
  });

  it('a task that fails gives its place back', async () => {
    const slots = new Slots(1, 0);
    for (const message of ['one', 'two'])
      expect(await slots.run(patient, () => Promise.reject(new Error(message))).catch(String)).to.equal(
        `Error: ${message}`,
      );
    expect(await slots.run(patient, async () => 'ran')).to.equal('ran');
  });

  it('who waits too long is told so, takes no place, and its task never starts', async () => {
    const slots = new Slots(1, 10);
    const [first, late, next] = [new Task(), new Task(), new Task()];
    const held = slots.run(patient, first.run);
    expect(await slots.run(() => 0, late.run).catch((error: unknown) => error)).to.be.instanceOf(LdapTrouble);
    const waiting = slots.run(patient, next.run);
    first.end();
    await held;
    await tick();
    expect([late.isRunning, next.isRunning]).to.deep.equal([false, true]);
    next.end();
    await waiting;
  });

  it('more than may wait are turned away at once', async () => {
    const slots = new Slots(1, 1);
    const [first, second, third] = [new Task(), new Task(), new Task()];
    const held = slots.run(patient, first.run);
    const waiting = slots.run(patient, second.run);
    expect(await slots.run(patient, third.run).catch((error: unknown) => error)).to.be.instanceOf(LdapTrouble);
    first.end();
    await held;
    await tick();
    second.end();
    await waiting;
    expect(third.isRunning).to.equal(false);
  });
});
