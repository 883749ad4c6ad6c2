const candidates = [',', ';', '\t'] as const;

/** The delimiter of a CSV text: which of comma, semicolon and tab its first line has most of outside quotes; a comma if none. */
export function detectDelimiter(text: string): string {
  const counts = new Map<string, number>(candidates.map((candidate) => [candidate, 0]));
  let inQuotes = false;
  let blank = true;
  for (const character of text) {
    if (character === '"') inQuotes = !inQuotes;
    if (inQuotes) continue;
    if ((character === '\n' || character === '\r') && !blank) break;
    if (character.trim() !== '') blank = false;
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return candidates.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0] ?? ',';
}
