/** What an answer to a text about a login may say. */
export const answerDecisions = ['approve', 'decline', 'fraud'] as const;
export type AnswerDecision = (typeof answerDecisions)[number];

/** What words mean, each as foldWord makes it. */
export type AnswerWords = ReadonlyMap<string, AnswerDecision>;

/** Always taken: few, and those of neighbours, since a phone is often set to another language than its user's texts. */
export const usualWords: AnswerWords = new Map<string, AnswerDecision>([
  ['yes', 'approve'],
  ['y', 'approve'],
  ['oui', 'approve'],
  ['ja', 'approve'],
  ['no', 'decline'],
  ['n', 'decline'],
  ['non', 'decline'],
  ['nein', 'decline'],
  ['fraud', 'fraud'],
  ['fraude', 'fraud'],
  ['betrug', 'fraud'],
]);

/** A word as words are compared: phones write capitals, and letters with marks in several ways. */
export function foldWord(word: string): string {
  return word.normalize('NFC').toLowerCase();
}

/** The usual words and those of languages. No word means two things: loadTexts has looked. */
export function answerWords(languages: readonly Readonly<Record<AnswerDecision, readonly string[]>>[]): AnswerWords {
  const words = new Map(usualWords);
  for (const own of languages)
    for (const decision of answerDecisions) for (const word of own[decision]) words.set(foldWord(word), decision);
  return words;
}
