import { english } from './texts-en.ts';
import { french } from './texts-fr.ts';

/** What the pages say in one language. `{name}` stands for what is put in. */
export interface WebTexts {
  /** RFC 5646, for the attribute `lang` and for times. */
  readonly language: string;
  readonly notFound: string;
  readonly notFoundText: string;
  readonly gone: string;
  readonly goneText: string;
  readonly failed: string;
  readonly failedText: string;
  readonly tooMany: string;
  readonly tooManyText: string;
  readonly tooLarge: string;
  readonly foreign: string;
  readonly foreignText: string;
  readonly approval: {
    readonly title: string;
    readonly question: string;
    readonly user: string;
    readonly application: string;
    readonly client: string;
    readonly device: string;
    readonly deviceUnknown: string;
    readonly asked: string;
    readonly justNow: string;
    readonly minuteAgo: string;
    readonly minutesAgo: string;
    readonly pick: string;
    readonly pickNone: string;
    readonly onlyYou: string;
    readonly approve: string;
    readonly decline: string;
    readonly fraud: string;
    readonly fraudText: string;
    readonly approved: string;
    readonly approvedText: string;
    readonly type: string;
    readonly typeText: string;
    readonly declined: string;
    readonly declinedText: string;
    readonly reported: string;
    readonly reportedText: string;
    readonly wrongNumber: string;
    readonly wrongNumberText: string;
    readonly decided: string;
    readonly decidedText: string;
    readonly needsNumber: string;
  };
}

/** The texts of a language; English where there are none. @param language RFC 5646, such as "fr" or "fr-CA" */
export function webTexts(language: string): WebTexts {
  return /^fr(-|$)/i.test(language) ? french : english;
}

/** The language that a browser asks for first among those there are (RFC 9110 §12.5.4). */
export function preferredLanguage(acceptLanguage: string | undefined): string {
  const ranked = (acceptLanguage ?? '')
    .split(',')
    .map((item) => {
      const [tag = '', ...parameters] = item.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => /^(en|fr)(-|$)/i.test(tag) && weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return ranked[0]?.tag.slice(0, 2).toLowerCase() ?? 'en';
}
