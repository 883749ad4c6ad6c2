import type { ChoiceWords, Way } from './choice.ts';

/** How a device shows a prompt: one line of 253 octets at most, lines of a terminal, or a page. */
export type PromptFormat = 'short' | 'console' | 'html';

export interface PromptParts {
  /** What comes first, such as "Wrong code."; it goes before all else where room is short. */
  readonly note?: string;
  /** What is asked, without its end: "Code sent to +33 ** ** ** 12". */
  readonly question: string;
  /** The other ways, in the order of their numbers. */
  readonly menu: readonly Way[];
  /** Whether another code can be sent by the same way. */
  readonly resend: boolean;
}

/** The words of one language that a prompt is made of. */
export interface PromptTexts {
  readonly words: ChoiceWords;
  /** What each way is called in a menu. */
  readonly names: Readonly<Record<Way | 'resend', string>>;
  /** Before the words of the short format: "or". */
  readonly or: string;
  /** Before the input of the console format: "Code". */
  readonly answer: string;
}

/** One Reply-Message: RFC 2865 §5.18. */
const shortRoom = 253;
/** Room of the longer formats, in octets: two Reply-Messages, which every reply has room for. */
const longRoom = 2 * shortRoom;

/** A prompt in the format of its client. It ends with ": ", since PAM and others print it as it is. */
export function formatPrompt(parts: PromptParts, format: PromptFormat, texts: PromptTexts): string {
  switch (format) {
    case 'short':
      return short(parts, texts);
    case 'console':
      return first(longRoom, [
        () => lines(parts, texts, '\n', (text) => text),
        () => short({ ...parts, menu: [], resend: false }, texts),
      ]);
    case 'html':
      return first(longRoom, [
        () => lines(parts, texts, '<br>', escaped),
        () => escaped(short({ ...parts, menu: [], resend: false }, texts)),
      ]);
  }
}

/** The note, the question and the words; of what does not fit the words go first, then the note, then the end of the question. */
function short({ note, question, menu, resend }: PromptParts, texts: PromptTexts): string {
  const words = [...menu, ...(resend ? (['resend'] as const) : [])].map((one) => texts.words[one][0] ?? one);
  const choice = words.length === 0 ? '' : ` (${texts.or} ${words.join(', ')})`;
  const before = note === undefined ? '' : `${note} `;
  return first(shortRoom, [
    () => `${before}${question}${choice}: `,
    () => `${before}${question}: `,
    () => `${question}: `,
  ]);
}

function lines(
  { note, question, menu, resend }: PromptParts,
  { names, words, answer }: PromptTexts,
  end: string,
  shown: (text: string) => string,
): string {
  const others = [
    ...menu.map((way, i) => `${i + 1} - ${names[way]}`),
    ...(resend ? [`${words.resend[0] ?? 'resend'} - ${names.resend}`] : []),
  ];
  const all = [...(note === undefined ? [] : [note]), question, ...others];
  return `${all.map(shown).join(end)}${end}${shown(answer)}: `;
}

/** The first that fits; where none does, the last one's beginning. */
function first(room: number, candidates: readonly (() => string)[]): string {
  let text = '';
  for (const candidate of candidates) {
    text = candidate();
    if (octets(text) <= room) return text;
  }
  // An entity is cut whole.
  const characters = text.replace(/: $/, '').match(/&#?[a-z0-9]+;|./gsu) ?? [];
  while (octets(`${characters.join('')}: `) > room) characters.pop();
  return `${characters.join('')}: `;
}

function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
