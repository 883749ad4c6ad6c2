// A process of its own that answers challenges on a store: started by guesser-process.ts.
import { createInterface } from 'node:readline';
import { attempt, type AttemptInput } from '../../src/login/attempt.ts';
import { openStoreIn } from './scratch-store.ts';

const [, , dir = ''] = process.argv;
const store = await openStoreIn(dir);
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
say('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { input, count } = JSON.parse(line) as { input: AttemptInput & { answer: { data: number[] } }; count: number };
  const own = { ...input, answer: Buffer.from(input.answer.data) };
  const outputs = await Promise.all(Array.from({ length: count }, () => store.run(attempt, own)));
  say(outputs.map(({ outcome }) => outcome));
}
await store.close();
