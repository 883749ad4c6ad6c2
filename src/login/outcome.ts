import type { Refusal } from '../primary/primary.ts';

/** Everything that a request can come to: a closed list. */
export type Outcome =
  | 'accepted'
  | 'factor-not-required'
  | 'not-enrolled-allowed'
  | 'allowed-by-policy'
  | 'not-enrolled-by-policy'
  | 'outage-allowed-by-policy'
  | 'denied-by-policy'
  | 'denied-by-policy-early'
  | 'method-missing'
  | 'approved'
  | 'approval-typed'
  | 'approval-declined'
  | 'approval-fraud'
  | 'approval-unanswered'
  | 'approval-refused'
  | 'call-hung-up'
  | 'call-machine'
  | 'call-busy'
  | 'call-no-answer'
  | 'call-failed'
  | 'approval-needed'
  | 'loop'
  | 'code-asked'
  | 'code-sent'
  | 'send-refused'
  | 'send-refused-last'
  | 'choice-unavailable'
  | 'choice-unavailable-last'
  | 'code-missing'
  | 'code-needs-challenge'
  | 'code-sent-apart'
  | 'turns-over'
  | 'code-only-right'
  | 'code-only-wrong'
  | 'code-only-locked'
  | 'code-wrong'
  | 'code-used'
  | 'code-wrong-last'
  | 'code-used-last'
  | 'bypass-used'
  | 'remembered'
  | 'app-password-right'
  | 'app-password-wrong'
  | 'app-password-paused'
  | 'acl-downloaded'
  | 'acl-missing'
  | 'acl-unsigned'
  | 'locked'
  | 'paused'
  | 'disabled'
  | 'not-enrolled'
  | 'enrolment-sent'
  | 'enrolment-open'
  | 'name-ambiguous'
  | 'name-lookalike'
  | 'name-invalid'
  | 'name-missing'
  | 'name-unproven'
  | Refusal
  | 'password-change-refused'
  | 'upstream-rejected'
  | 'upstream-asked'
  | 'upstream-rounds'
  | 'credential-missing'
  | 'credential-unsupported'
  | 'code-needs-pap'
  | 'state-unknown'
  | 'reply-too-long'
  | 'upstream-unreachable'
  | 'upstream-unasked'
  | 'stopping'
  | 'store-failed'
  | 'answer-pending'
  | 'waiting-full'
  | 'internal-error';

export interface OutcomeRow {
  readonly verdict: 'accept' | 'challenge' | 'reject' | 'silence';
  /** Reply-Message to the user; a challenge's prompts come from the configuration. */
  readonly user: string | null;
  /** Before the primary accepted: such a refusal tells nothing and waits for `reject_delay`. */
  readonly early: boolean;
  /** What an administrator reads in the log. */
  readonly log: string;
}

const failed = 'Login failed.';
const accept = { verdict: 'accept', user: null, early: false } as const;
const challenge = { verdict: 'challenge', user: null, early: false } as const;
const silence = { verdict: 'silence', user: null, early: false } as const;
/** After the primary accepted the user gets plain words. */
const refuse = (user: string, log: string) => ({ verdict: 'reject', early: false, user, log }) as const;
/** Before it did, all refusals are alike. */
const refuseEarly = (log: string, user = failed) => ({ verdict: 'reject', early: true, user, log }) as const;

const notApproved = 'The login was not approved in time. Please log in again.';

/** What follows from each outcome, in one place. Only what says so here is an Accept. */
export const outcomes: Readonly<Record<Outcome, OutcomeRow>> = {
  accepted: { ...accept, log: 'password and code were right' },
  'factor-not-required': {
    ...accept,
    log: 'password was right; this client asks for no second factor (factor = "none")',
  },
  'not-enrolled-allowed': {
    ...accept,
    log: 'password was right; the user has no second factor and this client lets such users in (factor = "if-enrolled")',
  },
  'allowed-by-policy': { ...accept, log: 'password was right; a [[policy]] lets in without a second factor' },
  'not-enrolled-by-policy': {
    ...accept,
    log: 'password was right; the user has no second factor and a [[policy]] lets such users in until its day',
  },
  'outage-allowed-by-policy': {
    ...accept,
    log: 'password was right; nothing can be sent to the user, who has no other method, and a [[policy]] lets in then (on_outage)',
  },
  'denied-by-policy': refuse(
    'You may not log in here. Please contact your help desk.',
    'password was right; a [[policy]] refuses this login',
  ),
  'denied-by-policy-early': refuseEarly(
    'a [[policy]] refuses this application password, or may, by what only a directory knows',
  ),
  'method-missing': refuse(
    'This login needs another second factor than you have. Please contact your help desk.',
    'password was right; what the user has of second factors cannot be used here or now, or is none that the [[policy]] asks for',
  ),
  'bypass-used': { ...accept, log: 'password was right; an administrator granted this user one login without a code' },
  remembered: {
    ...accept,
    log: 'password was right; the user has proven a second factor on this device lately (remember)',
  },
  'app-password-right': {
    ...accept,
    log: 'an application password was right; it goes without the primary and without a second factor',
  },
  'app-password-wrong': refuseEarly('no application password of this user at this client, or no such user'),
  'app-password-paused': refuseEarly(
    'a wrong application password after too many others: none is counted for a while ([lockout] pause); right ones let in',
  ),
  'acl-downloaded': { ...accept, log: 'the client fetched an ACL, which logs nobody in (acl_downloads)' },
  'acl-missing': refuseEarly("the primary's Accept brings no line of an ACL: what fetches one is never a login"),
  'acl-unsigned': refuseEarly(
    'a request for an ACL without Message-Authenticator: nothing shows that the client itself has made it',
  ),
  approved: { ...accept, log: 'the user approved the login' },
  'approval-typed': {
    ...challenge,
    log: 'the user is to approve, and to type the code that the page shows',
  },
  'approval-declined': refuse('The login was declined.', 'the user declined the login'),
  'approval-fraud': refuse(
    'The login was declined.',
    'the user says that this login is not his own: change the password, then "radgate user unlock"',
  ),
  'approval-unanswered': refuse(
    notApproved,
    'nobody approved the login while the device waited: see [[client]] deadline',
  ),
  'approval-refused': refuse(
    'You cannot be asked to approve a login now. Please contact your help desk.',
    'no approval was asked',
  ),
  'call-hung-up': refuse(notApproved, 'the user picked up the call and pressed no key'),
  'call-machine': refuse(notApproved, 'an answering machine or a fax picked up the call'),
  'call-busy': refuse(notApproved, 'the number that was called is busy'),
  'call-no-answer': refuse(notApproved, 'nobody picked up the call'),
  'call-failed': refuse(notApproved, 'the number could not be called: it may be wrong'),
  'approval-needed': refuse(
    'No second factor is registered for you. Please contact your help desk.',
    'the request brought no password, so the user must approve, and cannot be asked: a phone that approves, a telephone number or an e-mail address is needed; no exemption counts here',
  ),
  loop: refuseEarly(
    'this request went through radgate before, and the server behind has sent it back: on that NPS, put a connection request policy before the one that forwards to radgate, with the condition Client Friendly Name = the name of radgate there, that authenticates on the server itself (docs/rd-gateway.md)',
  ),
  'code-asked': { ...challenge, log: 'password was right, asked for a code' },
  'code-sent': { ...challenge, log: 'password was right, a code is on its way' },
  'send-refused': {
    ...challenge,
    log: 'no code was sent: a limit is reached, or there is no number or address; asked for another way',
  },
  'send-refused-last': refuse(
    'No code can be sent to you now. Please contact your help desk.',
    'no code was sent: a limit is reached, or there is no number or address; the user has no other way',
  ),
  'choice-unavailable': { ...challenge, log: 'the user asked for a way that he does not have, asked again' },
  'choice-unavailable-last': refuse(
    'That is not one of your ways to log in.',
    'the user asked for a way that he does not have, beside the password',
  ),
  // Its text says how: it depends on the client.
  'code-missing': refuse(
    'Log in again with your password and your code together.',
    'password was right, but no code came with it, and this client cannot be asked for one (append, challenge = false)',
  ),
  'code-needs-challenge': refuse(
    'Your second factor is a code, and this device cannot ask for one. Please contact your help desk.',
    'password was right; the second factor is a code, and this client cannot be asked for one: set append (docs/append.md)',
  ),
  'code-sent-apart': refuse(
    'A code is on its way to you. Log in again with your password and the code together.',
    'password was right, a code is on its way: the user logs in again with both',
  ),
  'turns-over': refuse(
    'Too many codes were asked for. Please log in again.',
    'the user chose a way or asked for another code ten times in one login',
  ),
  'code-only-right': { ...accept, log: 'the code was right; a [[policy]] asks for no password here (code-only)' },
  'code-only-wrong': refuseEarly(
    'wrong code, or no such user, or one without codes; a [[policy]] asks for no password here (code-only)',
  ),
  'code-only-locked': refuseEarly(
    'locked or paused after too many wrong codes; a [[policy]] asks for no password here (code-only)',
  ),
  'code-wrong': { ...challenge, log: 'wrong code, asked again' },
  'code-used': { ...challenge, log: 'this code was accepted before, asked for the next one' },
  'code-wrong-last': refuse('Wrong code. Please log in again.', 'wrong code, no attempts left in this login'),
  'code-used-last': refuse(
    'That code was used already. Wait for the next one and log in again.',
    'this code was accepted before, no attempts left in this login',
  ),
  locked: refuse(
    'Your second factor is locked after too many wrong codes. Please contact your help desk.',
    'locked after too many wrong codes: "radgate user unlock" lets the user try again',
  ),
  paused: refuse(
    'Too many wrong codes. Please wait a few minutes and log in again.',
    'paused after several wrong codes: it ends by itself, or by "radgate user unlock"',
  ),
  disabled: refuse('Your account is disabled. Please contact your help desk.', 'the user is disabled in radgate'),
  'not-enrolled': refuse(
    'No second factor is registered for you. Please contact your help desk.',
    'the user has no second factor: "radgate user add", then "radgate token add"',
  ),
  // Its text says where to.
  'enrolment-sent': refuse(
    'You have no second factor for this login yet. A link to register one was mailed to you: open it, then log in again.',
    'password was right; the user has no second factor that the [[policy]] takes, and a link to register one is on its way (unenrolled = "link")',
  ),
  'enrolment-open': refuse(
    'You have no second factor for this login yet. A link to register one was mailed to you before: open it, then log in again.',
    'password was right; the user has no second factor that the [[policy]] takes, and a link to register one was mailed within the last hour (unenrolled = "link")',
  ),
  'name-ambiguous': refuse(
    'Please log in with your full user name.',
    'several users go by this name without its domain: log in with the whole name, or give one of them this name as an alias',
  ),
  'name-lookalike': refuse(
    'Please check the spelling of your user name.',
    'not the name of a user, but a directory could take it for one: if it is the same person, add it as an alias',
  ),
  'name-invalid': refuse(
    'Please check the spelling of your user name.',
    'the user name is not UTF-8 or has characters that cannot be in a name',
  ),
  'name-missing': refuseEarly('the request has no User-Name'),
  'name-unproven': refuse(
    failed,
    'the upstream accepted, but nothing proves who is inside the EAP tunnel, since the name outside is anything, and a name of another realm is nobody here: see outer_identity and [[realm]] in docs/primaries.md',
  ),
  'password-wrong': refuseEarly('unknown user or wrong password'),
  'account-disabled': refuseEarly('the account is disabled at the directory'),
  'account-expired': refuseEarly('the account has expired at the directory'),
  'account-locked': refuseEarly('the account is locked at the directory'),
  'account-restricted': refuseEarly('the directory does not let this account log in now, or from here'),
  'password-expired': refuseEarly('the password has expired or must be changed at the directory'),
  'not-in-group': refuse(
    'You may not log in here. Please contact your help desk.',
    'password was right; the user is in none of the groups that [[primary]] require_group names',
  ),
  'password-change-refused': refuseEarly(
    'a change of password by MS-CHAP cannot be asked a code, which comes first for this user: have it changed elsewhere',
  ),
  // Its texts and attributes pass as they are.
  'upstream-rejected': {
    verdict: 'reject',
    user: null,
    early: false,
    log: 'rejected by the upstream server: wrong password, or its policy',
  },
  'upstream-asked': { ...challenge, log: 'the upstream server asks a question of its own' },
  'upstream-rounds': refuseEarly('the upstream server asked over 50 questions in one login'),
  'credential-missing': refuseEarly('the request has no credential that can be checked, or a malformed one'),
  'credential-unsupported': refuseEarly('the primary cannot check this kind of credential'),
  'code-needs-pap': refuse(
    'Your second factor is a code, and this device cannot ask for one. Please contact your help desk.',
    'password was right; the second factor is a code, and only PAP can ask for one: set the client to PAP',
  ),
  'state-unknown': refuseEarly(
    'the answer came too late, twice, or from another client or user than was asked',
    'Your login has expired. Please log in again.',
  ),
  'reply-too-long': refuse(
    failed,
    'what the upstream sent does not fit one reply of 4096 octets, beside the Proxy-State of this request',
  ),
  'upstream-unreachable': { ...silence, log: 'no answer from the upstream' },
  'upstream-unasked': { ...silence, log: 'the password could not be checked, and nobody was asked' },
  stopping: { ...silence, log: 'radgate is being stopped: the device asks again' },
  'store-failed': { ...silence, log: 'the store could not commit' },
  'answer-pending': { ...silence, log: 'the same answer is being checked already' },
  'waiting-full': {
    ...silence,
    log: 'too many logins wait for a code: 20 of this user, or of all users [login] max_waiting',
  },
  'internal-error': { ...silence, log: 'a defect of radgate, please report it' },
};
