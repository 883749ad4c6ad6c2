import { parseChoice, type ChoiceWords, type Way } from './choice.ts';

/** How a code stands beside the password, at a client that can't ask for it. */
export interface AppendRules {
  readonly order: 'code-last' | 'code-first';
  /** Octets between the two; at least one. */
  readonly delimiter: Buffer;
  /** Digits of a code that needs no delimiter; words and recovery codes need it even so. Undefined where all do. */
  readonly length: number | undefined;
}

/** What a code can look like. */
export interface CodeForms {
  /** How many digits it may have. */
  readonly lengths: readonly number[];
  /** Whether a PIN may stand before it. */
  readonly pin: boolean;
  /** Whether it may be a recovery code. */
  readonly recovery: boolean;
}

/** What stood beside the password: a code, as it was typed, or a word for a way to be asked by. */
export type Tail = { readonly kind: 'code'; readonly octets: Buffer } | { readonly kind: 'way'; readonly way: Way };

export interface Appended {
  readonly password: Buffer;
  /** Undefined if OpenVPN's form says that nothing was typed beside the password. */
  readonly tail: Tail | undefined;
}

/** What a tail is told by: the codes and the words that could be the user's. */
export interface TailForms {
  readonly codes: CodeForms;
  readonly ways: readonly Way[];
  readonly words: ChoiceWords;
}

/**
 * Parts what was typed into the password and what stands beside it. What is beside it must be a code or a word, or all is the password: so a password
 * may have delimiters in it. What is parted is what was typed, octet for octet.
 * @returns undefined if all of it is the password; never an empty password
 */
export function splitAppended(typed: Buffer, rules: AppendRules, forms: TailForms): Appended | undefined {
  const challenge = readStaticChallenge(typed);
  if (challenge) {
    const { password, response } = challenge;
    return { password, tail: response.length === 0 ? undefined : (tailOf(response, forms) ?? codeOf(response)) };
  }
  return atDelimiter(typed, rules, forms) ?? atLength(typed, rules, forms.codes);
}

/** All that could be the password of what was typed, whatever stands beside it. */
export function possiblePasswords(typed: Buffer, rules: AppendRules | undefined): Buffer[] {
  if (!rules) return [typed];
  const parts = [readStaticChallenge(typed), partedByDelimiter(typed, rules), partedByLength(typed, rules)];
  return [typed, ...parts.flatMap((part) => (part ? [part.password] : []))];
}

interface Parted {
  readonly password: Buffer;
  readonly beside: Buffer;
}

function partedByDelimiter(typed: Buffer, { order, delimiter }: AppendRules): Parted | undefined {
  const at = order === 'code-last' ? typed.lastIndexOf(delimiter) : typed.indexOf(delimiter);
  return at < 0 ? undefined : parted(order, typed.subarray(0, at), typed.subarray(at + delimiter.length));
}

function partedByLength(typed: Buffer, { order, length }: AppendRules): Parted | undefined {
  if (length === undefined || typed.length <= length) return undefined;
  const at = order === 'code-last' ? typed.length - length : length;
  return parted(order, typed.subarray(0, at), typed.subarray(at));
}

function parted(order: AppendRules['order'], before: Buffer, behind: Buffer): Parted {
  return order === 'code-last' ? { password: before, beside: behind } : { password: behind, beside: before };
}

function atDelimiter(typed: Buffer, rules: AppendRules, forms: TailForms): Appended | undefined {
  const { password, beside } = partedByDelimiter(typed, rules) ?? {};
  if (!password || !beside || password.length === 0) return undefined;
  const tail = tailOf(beside, forms);
  // A code of so many digits needs no delimiter: what stands there is the password's.
  if (rules.length !== undefined && tail?.kind === 'code' && isDigits(beside)) return undefined;
  return tail && { password, tail };
}

function atLength(typed: Buffer, rules: AppendRules, { lengths }: CodeForms): Appended | undefined {
  const { password, beside } = partedByLength(typed, rules) ?? {};
  if (!password || !beside || !lengths.includes(beside.length)) return undefined;
  return isDigits(beside) ? { password, tail: codeOf(beside) } : undefined;
}

/** The shortest and longest PIN, of ASCII without blanks, as "radgate token set" takes them. */
const withPin = /^[!-~]{4,32}$/;

function tailOf(octets: Buffer, { codes, ways, words }: TailForms): Tail | undefined {
  const text = octets.toString('utf8');
  // An app shows "123 456".
  const digits = text.replaceAll(' ', '');
  const { lengths, pin, recovery } = codes;
  if (/^[0-9]+$/.test(digits) && lengths.includes(digits.length)) return codeOf(octets);
  if (pin && lengths.some((length) => isPinAndCode(digits, length))) return codeOf(octets);
  // As they are printed: without the dash any word of ten letters would be one.
  if (recovery && /^[a-z2-7]{5}-[a-z2-7]{5}$/i.test(text.trim())) return codeOf(octets);
  // A number of the menu could be the end of a password.
  if (/^\s*[0-9]/.test(text)) return undefined;
  const choice = parseChoice(text, ways, words);
  return choice.kind === 'choice' ? { kind: 'way', way: choice.way } : undefined;
}

function isPinAndCode(text: string, length: number): boolean {
  return /^[0-9]+$/.test(text.slice(-length)) && withPin.test(text.slice(0, -length));
}

function codeOf(octets: Buffer): Tail {
  return { kind: 'code', octets };
}

function isDigits(octets: Buffer): boolean {
  return octets.every((octet) => octet >= 0x30 && octet <= 0x39);
}

const staticChallenge = /^SCRV1:([A-Za-z0-9+/]+={0,2}):([A-Za-z0-9+/]*={0,2})$/;

/**
 * OpenVPN's answer to a static challenge: "SCRV1:", the password and the response, each in base64 (OpenVPN's doc/management-notes.txt, "COMMAND -- static
 * challenge"). @returns undefined if it is anything else, or has no password
 */
function readStaticChallenge(typed: Buffer): { readonly password: Buffer; readonly response: Buffer } | undefined {
  const [, first = '', second = ''] = staticChallenge.exec(typed.toString('latin1')) ?? [];
  const [password, response] = [Buffer.from(first, 'base64'), Buffer.from(second, 'base64')];
  const isWhole = password.toString('base64') === first && response.toString('base64') === second;
  return isWhole && password.length > 0 ? { password, response } : undefined;
}

/** How a password and a code are typed together, for those who did not. */
export function exampleOf({ order, delimiter, length }: AppendRules): string {
  const code = '123456789'.slice(0, length ?? 6);
  const between = length === undefined ? delimiter.toString() : '';
  return order === 'code-last' ? `password${between}${code}` : `${code}${between}password`;
}
