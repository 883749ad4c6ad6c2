import type { Section } from '../row.ts';
import { duration } from '../values/duration.ts';
import { flag } from '../values/flag.ts';
import { text } from '../values/text.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const login = {
  doc: 'How a login goes, from the first Access-Request to Accept or Reject.',
  many: false,
  rows: {
    reject_delay: {
      type: duration('0s', '5s'),
      default: '1s',
      doc: 'How long after the request a refusal leaves at the earliest: it slows guessing, and hides by time whether the user exists. Must be well below the patience of your NAS.',
    },
    challenge_timeout: {
      type: duration('30s', '900s'),
      default: '300s',
      doc: 'How long a challenge may wait for its code. Raise it for people who need long to find their phone.',
    },
    attempts: {
      type: wholeNumber(1, 10),
      default: 3,
      doc: 'Codes that may be tried in one login before it is rejected. 1 for a NAS that cannot show a second prompt.',
    },
    prompt: {
      type: text(1, 253),
      default: 'Enter your code: ',
      doc: 'Asks for the code, in the language of your users. End it with ": ", since PAM prints it as it is; OpenVPN recognises it by its first word.',
    },
    prompt_again: {
      type: text(1, 253),
      default: 'Wrong code. Enter your code: ',
      doc: 'Asks again after a wrong code.',
    },
    prompt_used: {
      type: text(1, 253),
      default: 'That code was used already. Enter the next one: ',
      doc: 'Asks again after a code that was accepted before: an app shows the same one for 30 s.',
    },
    resync_at_prompt: {
      type: flag,
      default: false,
      doc: 'Whether two consecutive codes, typed one after the other, take in a token again whose clock or counter is far off. Else "radgate token resync" does.',
    },
    max_waiting: {
      type: wholeNumber(1, 1_000_000),
      default: 100_000,
      doc: 'Logins that may wait for an answer at once, half of them for one that the upstream asked for (EAP, a change of password); beyond it new ones are not answered. It bounds the memory.',
    },
    max_pending: {
      type: wholeNumber(1, 1_000_000),
      default: 10_000,
      doc: 'Logins that may be under way at once; beyond it new requests are not answered, and the NAS asks again. It bounds the memory.',
    },
    duplicate_window: {
      type: duration('5s', '30s'),
      default: '10s',
      doc: 'How long an answer is kept for a NAS that asks again because the answer was lost (RFC 5080). Set it to the whole of its retries.',
    },
    drain: {
      type: duration('1s', '60s'),
      default: '10s',
      doc: 'At the end of the service (SIGTERM), how long logins under way may take to finish. Keep it below the patience of the service manager.',
    },
  },
} as const satisfies Section;
