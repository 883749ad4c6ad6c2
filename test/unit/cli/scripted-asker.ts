import type { Asker, Question } from '../../../src/cli/terminal/asker.ts';

/** Answers what it was given, and remembers what it was asked. */
export class ScriptedAsker implements Asker {
  readonly isTerminal: boolean;
  readonly asked: Question[] = [];
  readonly #answers: Buffer[];

  constructor(isTerminal: boolean, ...answers: readonly string[]) {
    this.isTerminal = isTerminal;
    this.#answers = answers.map((answer) => Buffer.from(answer));
  }

  async ask(question: Question): Promise<Buffer> {
    this.asked.push(question);
    const answer = this.#answers.shift();
    if (!answer) throw new Error(`not expected to be asked: ${question.prompt}`);
    return answer;
  }

  close(): void {}
}
