import { pushServices } from '../../policy/push-services.ts';
import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { flag } from '../values/flag.ts';
import { oneOrMore } from '../values/list.ts';
import { mailAddress } from '../values/mail-address.ts';
import { phoneKey } from '../values/phone-key.ts';
import { text } from '../values/text.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const approval = {
  doc: 'Logins that users approve on the page that a link leads to; [web] serves it and [[provider]] brings the link. See docs/approvals.md.',
  many: false,
  rows: {
    channels: {
      type: oneOrMore(choice('notify', 'sms', 'email', 'voice')),
      default: ['notify', 'sms', 'email'],
      doc: 'By what the link goes, in this order; what no [[provider]] brings, and what does not reach the user, is passed over. "voice": a call, answered by a key; it needs answers_token of each [[provider]] that calls.',
    },
    approve_key: {
      type: phoneKey,
      default: '1',
      doc: 'What a user who is called presses to approve. Any other key but fraud_key declines.',
    },
    fraud_key: {
      type: phoneKey,
      default: '0',
      doc: 'What says "This was not me" in a call.',
    },
    push: {
      type: flag,
      default: false,
      doc: "Tells the app page of a login by the push service of the phone's browser (Google's, Mozilla's, Apple's or Microsoft's): it can't read what passes, but learns that something does, and radgate must reach it by https. Without it the page shows what waits when it is opened.",
    },
    push_hosts: {
      type: oneOrMore(text(1, 253)),
      default: [...pushServices],
      doc: 'The push services that radgate sends to; "*." stands for anything before. A browser that names another one is not subscribed.',
    },
    limit: {
      type: wholeNumber(1, 20),
      default: 3,
      doc: 'Approvals in a row that a user may leave unanswered or decline. Then none is asked until a login succeeds: who has the password must not wear its owner down.',
    },
    block: {
      type: duration('1m', '720h'),
      default: '1h',
      doc: 'How long a user who says "This was not me" gets no approvals and no codes; "radgate user unlock" ends it.',
    },
    success_window: {
      type: duration('10s', '10m'),
      default: '10s',
      doc: 'How long an answer serves another request of the same user, at the same [[client]], from the same device: for portals that log in twice.',
    },
    alert: {
      type: oneOrMore(mailAddress),
      example: ['security@corp.example'],
      doc: 'Who is told by mail when a user says "This was not me"; the log tells in any case.',
    },
  },
} as const satisfies Section;
