import type { Section } from '../row.ts';
import { issuer } from '../values/text.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const totp = {
  doc: 'Codes from an authenticator app or an OATH token (RFC 6238).',
  many: false,
  rows: {
    window: {
      type: wholeNumber(0, 10),
      default: 1,
      doc: 'Time steps that a code may be early or late. Raise it for tokens whose clocks drift; each step more is two more codes that a guess can hit.',
    },
    issuer: {
      type: issuer,
      default: 'radgate',
      doc: 'What the authenticator app shows above the code: your organisation, so that users find it among others.',
    },
  },
} as const satisfies Section;
