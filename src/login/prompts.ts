import { languageFor, wordsIn } from '../deliver/in-language.ts';
import { approvalQuestion, promptTexts, sentQuestion, type Texts } from '../deliver/texts.ts';
import type { Contacts } from '../factor/sent-target.ts';
import type { Way } from '../policy/choice.ts';
import { formatPrompt, type PromptFormat } from '../policy/prompt.ts';

/** How a user is being asked. */
export interface Asking {
  /** The ways that the user can choose from, and the one that is asked by. */
  readonly available: readonly Way[];
  readonly way: Way;
  /** Where the code went, masked; null if none was sent. */
  readonly target: string | null;
  /** To be picked on the page of an approval; null where none is open. */
  readonly number: number | null;
  readonly language: string;
  /** Times that the user has chosen, or was sent a code. */
  readonly turns: number;
  /** What the directory says of the user, for the next code. */
  readonly directory: Contacts | undefined;
}

/** What is said at the prompt. */
export interface Prompts {
  /** Of the config: where there is nothing to choose. */
  readonly first: string;
  readonly afterWrong: string;
  readonly afterUsed: string;
  /** By language. */
  readonly texts: Readonly<Record<string, Texts>>;
  /** Of users who have none of their own. */
  readonly language: string;
  readonly format: PromptFormat;
}

/** What goes before the question. */
export type Note = 'wrong' | 'used' | 'unavailable' | { readonly text: string };

/** The words of a language, or of the one that everybody gets. @throws Error if there are none, which is a defect */
export function textsIn({ texts, language: usual }: Prompts, language: string): Texts {
  return wordsIn(texts, languageFor(texts, language, usual));
}

/** The other ways, in the order of their numbers; the one that is asked by comes last and is not shown. */
export function menuOf({ available, way }: Asking): Way[] {
  return [...available.filter((one) => one !== way), way];
}

/** What the user is asked. Who has an app or token and nothing else is asked in the words of the config. */
export function promptOf(prompts: Prompts, asking: Asking, note: Note | undefined): string {
  const { available, way, target, language, number } = asking;
  const hasChoice = available.length > 1 || way !== 'app';
  if (!hasChoice && language === prompts.language && typeof note !== 'object') return configured(prompts, note);
  const texts = textsIn(prompts, language);
  const isSent = way !== 'app' && way !== 'approval' && target !== null;
  const said = typeof note === 'string' ? texts.prompt[note] : note?.text;
  return formatPrompt(
    {
      ...(said === undefined ? {} : { note: said }),
      question: isSent
        ? sentQuestion(texts, way, target)
        : number === null
          ? texts.prompt.enter
          : approvalQuestion(texts, number),
      menu: menuOf(asking).slice(0, -1),
      resend: isSent,
    },
    prompts.format,
    promptTexts(texts),
  );
}

function configured(
  { first, afterWrong, afterUsed }: Prompts,
  note: 'wrong' | 'used' | 'unavailable' | undefined,
): string {
  if (note === 'wrong') return afterWrong;
  return note === 'used' ? afterUsed : first;
}
