import { randomInt } from 'node:crypto';

const consonants = 'bdfgklmnprstvz';
const vowels = 'aeiou';

/** Three groups of two syllables, easy to read aloud and to type: 36 bits, for what only this host can try. */
export function readablePassword(): string {
  return Array.from({ length: 3 }, () => syllable() + syllable()).join('-');
}

function syllable(): string {
  return one(consonants) + one(vowels);
}

function one(letters: string): string {
  return letters[randomInt(letters.length)] ?? '';
}
