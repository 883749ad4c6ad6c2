/** The user's own language where there are words in it; else the one that everybody gets. */
export function languageFor(all: Readonly<Record<string, unknown>>, own: string | null, usual: string): string {
  return own !== null && Object.hasOwn(all, own) ? own : usual;
}

/** The words of a language. @throws Error if there are none, which textsOf has looked at */
export function wordsIn<Words>(all: Readonly<Record<string, Words>>, language: string): Words {
  const words = Object.hasOwn(all, language) ? all[language] : undefined;
  if (words === undefined) throw new Error(`there are no texts in ${language}`);
  return words;
}
