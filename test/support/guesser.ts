// A process of its own that answers challenges on a store: started by guesser-process.ts.
import { createInterface } from 'node:readline';
import { attempt, type AttemptInput } from '../../src/login/attempt.ts';
import { openStoreIn } from './scratch-store.ts';

const [, , dir = ''] = process.argv;
const store = await openStoreIn(dir);
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
say('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { input, answers } = JSON.parse(line) as { input: Omit<AttemptInput, 'answer'>; answers: string[] };
  const outputs = await Promise.all(
    answers.map((answer) => store.run(attempt, { ...input, answer: Buffer.from(answer) })),
  );
  say(outputs.map(({ outcome }) => outcome));
}
await store.close();
