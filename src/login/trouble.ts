import type { ApprovalRefusal } from '../approval/begin-approval.ts';
import type { NoTarget } from '../factor/sent-target.ts';
import type { EnrolmentRefusal } from './send-enrolment.ts';

export const targetTrouble: Readonly<Record<NoTarget | 'blocked', string>> = {
  blocked: 'the user reported a login that was not his own: "radgate user unlock" once the password is changed',
  none: 'the user has no number or address for it',
  invalid: "the user's number or address is none",
  'not-allowed': '[deliver] allow and deny let nothing be sent to this number',
};

export const enrolmentTrouble: Readonly<Record<EnrolmentRefusal, string>> = {
  limited: 'no link was sent: a limit of [deliver] is reached',
  'no-target': 'no link was sent: the user has no e-mail address',
  blocked: targetTrouble.blocked,
  'has-factor':
    'no link was sent: the user has a telephone number, a token, a phone or recovery codes already ("radgate user enrol --existing add")',
  disabled: 'no link was sent: the user was disabled or removed meanwhile',
};

export const noneWorks = 'no [[provider]] that could send it works now';

export const approvalTrouble: Readonly<Record<ApprovalRefusal | 'outage', string>> = {
  limited: 'a limit of [deliver] is reached',
  'no-target': 'the user has no number or address that a notice can go to',
  unanswered: 'the user left the last ones unanswered: a login with a code, or "radgate user unlock", ends it',
  blocked: targetTrouble.blocked,
  outage: noneWorks,
};
