import { isUtf8 } from 'node:buffer';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import * as z from 'zod';
import { locate } from '../config/locate.ts';
import { ConfigError, type ConfigProblem } from '../config/problem.ts';
import { readSmallFile, reasonOf } from '../config/read-file.ts';
import { answerDecisions, foldWord, usualWords, type AnswerDecision } from '../policy/answer-words.ts';
import { placesIn } from './fill.ts';
import { messagePlaces } from './render-message.ts';
import { callPlaces, enrolPlaces, noticePlaces } from './render-notice.ts';
import { english } from './texts-en.ts';
import { french } from './texts-fr.ts';
import type { Texts } from './texts.ts';

/** By language, such as "en" or "pt-BR". */
export type AllTexts = Readonly<Record<string, Texts>>;

const builtIn: AllTexts = { en: english, fr: french };
/** A file of texts, in octets. */
const largest = 64 * 1024;
/** Of one text, in characters; a mail may be longer than a prompt, and none needs more. */
const longest = 2_000;

/** A language as it is written in file names, in the config and for users: RFC 5646 §2.1, the language and perhaps a region. */
const languageTag = /^[a-z]{2,3}(-[A-Z]{2})?$/;

/**
 * The texts that are built in, and those of the files of a directory on top: `de.toml` for a further language, `fr.toml` for some other words in French.
 * @param dir absolute; undefined for none
 * @throws ConfigError with all that is wrong in them
 */
export function loadTexts(dir: string | undefined): AllTexts {
  if (dir === undefined) return builtIn;
  const problems: ConfigProblem[] = [];
  const all: Record<string, Texts> = { ...builtIn };
  const meanings = new Map(usualWords);
  for (const name of filesOf(dir)) {
    const file = join(dir, name);
    const language = name.slice(0, -'.toml'.length);
    const add = (message: string, line = 1): void => void problems.push({ file, line, message });
    if (!languageTag.test(language)) add('the name of this file is no language: call it such as de.toml or pt-BR.toml');
    else {
      const texts = readTexts(file, all[language], meanings, add);
      if (texts) all[language] = texts;
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return all;
}

function filesOf(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.toml'))
      .toSorted();
  } catch (error) {
    throw new ConfigError([{ file: dir, line: 1, message: `cannot read this directory of texts: ${reasonOf(error)}` }]);
  }
}

function template(allowed: readonly string[], needed: readonly string[] = [], most = longest): z.ZodType<string> {
  const known = allowed.map((name) => `{${name}}`).join(', ') || 'none';
  return z
    .string('must be text in quotes')
    .min(1, 'must not be empty')
    .max(most, `must be at most ${most} characters`)
    .refine((text) => placesIn(text).every((name) => allowed.includes(name)), `has an unknown place; known: ${known}`)
    .refine(
      (text) => needed.length === 0 || needed.some((name) => text.includes(`{${name}}`)),
      `must hold ${needed.map((name) => `{${name}}`).join(' or ')}`,
    );
}

const message = template(messagePlaces, ['code', 'digits']);
const sentence = template([], [], 200);
const target = template(['target'], [], 200);
const wait = template(['wait'], [], 200);
const number = template(['number'], ['number'], 200);
/** No digit may begin a word: digits are codes and numbers of the menu. */
const words = z
  .array(
    z
      .string()
      .regex(/^[^\s\p{N},][^\s,]{0,30}$/u, 'must be words without blanks and commas that do not begin with a digit'),
    'must be a list of words in quotes',
  )
  .min(1, 'must not be an empty list');

/** Of an answer by text, which is cut at all but letters. */
const answers = z
  .array(
    z.string().regex(/^[\p{L}\p{M}]{1,30}$/u, 'must be words of letters alone, such as "ja"'),
    'must be a list of words in quotes',
  )
  .max(20, 'must be at most 20 words');

const schemas = {
  message: { sms: message, voice: message, subject: template(['application', 'minutes'], [], 200), email: message },
  notice: {
    sms: template(noticePlaces, ['link'], 300),
    sms_answer: template(['reference'], ['reference'], 200),
    answer_over: sentence,
    answer_unclear: sentence,
    call: template(callPlaces, ['approve'], 500),
    call_approved: sentence,
    call_declined: sentence,
    call_over: sentence,
    subject: template(noticePlaces, [], 200),
    email: template(noticePlaces, ['link']),
    notification: template(noticePlaces, [], 500),
    alert_subject: template(noticePlaces, [], 200),
    alert: template(noticePlaces),
    enrol_subject: template(enrolPlaces, [], 200),
    enrol: template(enrolPlaces, ['link']),
  },
  prompt: {
    sent_sms: target,
    sent_voice: target,
    sent_email: target,
    approval: number,
    enter: sentence,
    wrong: sentence,
    used: sentence,
    unavailable: sentence,
    limited: wait,
    limited_all: wait,
    no_number: sentence,
    no_address: sentence,
    or: sentence,
    answer: sentence,
  },
  names: { app: sentence, approval: sentence, sms: sentence, voice: sentence, email: sentence, resend: sentence },
  words: { app: words, approval: words, sms: words, voice: words, email: words, resend: words },
  answers: { approve: answers, decline: answers, fraud: answers },
} as const satisfies Record<keyof Texts, Readonly<Record<string, z.ZodType>>>;

type Add = (message: string, line?: number) => void;

/**
 * @param base what is there for this language already: then a file need not hold everything
 * @param meanings of the words of answers so far, of all languages: nobody knows yet whose answer it is when one is read
 */
function readTexts(
  file: string,
  base: Texts | undefined,
  meanings: Map<string, AnswerDecision>,
  add: Add,
): Texts | undefined {
  const source = readSource(file, add);
  if (source === undefined) return undefined;
  const { tree, lineOf } = source;
  let good = true;
  const wrong: Add = (what, line) => {
    good = false;
    add(what, line);
  };
  for (const section of Object.keys(tree))
    if (!Object.hasOwn(schemas, section))
      wrong(`unknown section "${section}"; there are ${Object.keys(schemas).join(', ')}`, lineOf([section]));
  const read = Object.entries(schemas).map(([section, rows]) => {
    const given = (tree[section] ?? {}) as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(given))
      if (!Object.hasOwn(rows, key))
        wrong(
          `unknown key "${key}" in [${section}]; there are ${Object.keys(rows).join(', ')}`,
          lineOf([section, key]),
        );
    const usual = base?.[section as keyof Texts] as Readonly<Record<string, unknown>> | undefined;
    const values = Object.entries(rows).map(([key, schema]) => {
      const value = Object.hasOwn(given, key) ? given[key] : (usual?.[key] ?? (section === 'answers' ? [] : undefined));
      if (value === undefined) wrong(`[${section}] lacks "${key}": a new language needs all of them`);
      else {
        const [issue] = schema.safeParse(value).error?.issues ?? [];
        if (issue) wrong(`"${key}" in [${section}] ${issue.message}`, lineOf([section, key]));
      }
      return [key, value] as const;
    });
    return [section, Object.fromEntries(values)] as const;
  });
  if (!good) return undefined;
  // The schemas have looked at every part of it.
  const texts = Object.fromEntries(read) as unknown as Texts;
  for (const decision of answerDecisions)
    for (const word of texts.answers[decision]) {
      const other = meanings.get(foldWord(word)) ?? decision;
      if (other !== decision)
        wrong(`"${word}" in [answers] is taken for "${other}" already`, lineOf(['answers', decision]));
      meanings.set(foldWord(word), other);
    }
  return good ? texts : undefined;
}

function readSource(
  file: string,
  add: Add,
): { readonly tree: Readonly<Record<string, unknown>>; readonly lineOf: ReturnType<typeof locate> } | undefined {
  try {
    const bytes = readSmallFile(file, largest)?.bytes;
    if (!bytes) add(`this file is larger than ${largest} octets`);
    else if (!isUtf8(bytes)) add('this file is not UTF-8');
    else return { tree: parse(bytes.toString(), { maxDepth: 4 }), lineOf: locate(bytes.toString()) };
  } catch (error) {
    if (error instanceof TomlError) add(`this is not TOML: ${error.message.split('\n')[0]}`, error.line);
    else add(`cannot read this file: ${reasonOf(error)}`);
  }
  return undefined;
}
