import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { filePath } from '../values/file-path.ts';
import { flag } from '../values/flag.ts';
import { language } from '../values/language.ts';
import { oneOrMore } from '../values/list.ts';
import { prefix } from '../values/prefix.ts';
import { rate } from '../values/rate.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const deliver = {
  doc: 'Codes that are sent to people by text message, call and e-mail; [[provider]] says through whom. See docs/delivery.md.',
  many: false,
  rows: {
    sms_timeout: {
      type: duration('60s', '600s'),
      default: '300s',
      doc: 'How long a code that was sent is good. NIST SP 800-63B allows 10 minutes at most.',
    },
    digits: {
      type: wholeNumber(6, 8),
      default: 6,
      doc: 'Digits of such a code.',
    },
    language: {
      type: language,
      default: 'en',
      doc: 'The language of users who have none of their own ("radgate user set --language"): "en", "fr", or one that texts adds.',
    },
    texts: {
      type: filePath,
      example: '/etc/radgate/texts',
      doc: 'A directory with a file for each language, such as de.toml, for further languages and other words.',
    },
    contacts: {
      type: oneOrMore(choice('store', 'directory')),
      default: ['store', 'directory'],
      doc: "Where phone numbers and e-mail addresses are looked for, in this order: radgate's own store, and what the [[primary]] knows of the user.",
    },
    allow: {
      type: oneOrMore(prefix),
      example: ['+33', '+41'],
      doc: 'Where texts and calls may go: list the countries of your users, against toll fraud. Without it they may go everywhere.',
    },
    deny: {
      type: oneOrMore(prefix),
      example: ['+338', '+4190'],
      doc: 'Where none go, even if allowed: premium numbers.',
    },
    per_user: {
      type: oneOrMore(rate),
      default: ['5/5m', '30/1d'],
      doc: 'How many codes one user gets, by all ways together.',
    },
    per_number: {
      type: oneOrMore(rate),
      default: ['5/5m', '30/1d'],
      doc: 'How many codes one number or address gets, whoever they are for.',
    },
    per_client: {
      type: oneOrMore(rate),
      default: ['60/1m', '3000/1d'],
      doc: 'How many codes the logins at one [[client]] may cost.',
    },
    per_country: {
      type: oneOrMore(rate),
      default: ['60/1m', '3000/1d'],
      doc: 'How many codes go to one country code.',
    },
    in_all: {
      type: oneOrMore(rate),
      default: ['120/1m', '5000/1d'],
      doc: 'How many codes go out in all: it bounds the bill.',
    },
    concurrency: {
      type: wholeNumber(1, 100),
      default: 8,
      doc: 'Messages of each channel that are under way at once, in each process ([listen] workers).',
    },
    lease: {
      type: duration('10s', '120s'),
      default: '30s',
      doc: 'How long a node has for one message, over all its providers. What a node that died had begun is sent by another after it.',
    },
    poll: {
      type: duration('1s', '60s'),
      default: '5s',
      doc: 'How often a node looks for messages that another one left.',
    },
    keep: {
      type: duration('1h', '8760h'),
      default: '168h',
      doc: 'How long "radgate deliver list" shows messages that have ended; what they said is wiped at once.',
    },
    lab: {
      type: flag,
      default: false,
      doc: 'Says that this is a lab and no real user logs in: allows a [[provider]] of type "file", which writes codes where they can be read.',
    },
  },
} as const satisfies Section;
