import { reasonName } from '../audit/reason-name.ts';
import { outcomes, type Outcome } from './outcome.ts';

export interface Reason {
  /** What it says, in an administrator's words. */
  readonly meaning: string;
  /** What an operator can do about it. */
  readonly remedy: string;
}

const nothing = 'Nothing needs to be done.';
const goesOn = 'Nothing: the login goes on with what the user types next.';

const stolen = 'Somebody has the password: have it changed, then "radgate user unlock".';

/** What else the audit gives as a reason: of a question that nobody answers, and of what is pressed on the pages. */
const beyond = {
  'challenge-unanswered': [
    'nobody answered the question that the login asked',
    'Ask the user whether a prompt was shown and, if a code was sent, whether it came. If it was not the user, someone knows the password: have it changed.',
  ],
  'approval-asked': ['the user was asked to approve a login', goesOn],
  'approval-given': ['the user pressed Approve', nothing],
  'approval-number-wrong': [
    'the user picked another number than the prompt showed, which declines',
    "Ask the user whether it was a slip. If the login was not the user's own, someone knows the password: have it changed.",
  ],
  'approval-application-wrong': [
    'the user picked another application on the phone than was logged in to, which declines',
    "Ask the user whether it was a slip. If the login was not the user's own, someone knows the password: have it changed.",
  ],
  'enrol-app-begun': ['the page of an enrolment link showed the key of a new app', goesOn],
  'enrol-app-confirmed': ['the user typed the first code of the new app', nothing],
  'enrol-device-begun': ['the page of an enrolment link showed how to set up a phone that approves', goesOn],
  'enrol-device-confirmed': ['a phone was set up that approves: its name', nothing],
  'enrol-phone-begun': ['a code was sent to the number that the user typed on the page', goesOn],
  'enrol-phone-confirmed': ["the user typed that code: the number is the user's now", nothing],
  'enrol-limited': [
    'no code was sent to the number: a limit is reached, or ("blocked") the user has reported a login',
    'See [deliver] for its limits; "radgate user unlock" ends a block.',
  ],
  'enrol-code-wrong': ['a wrong code was typed on the page of an enrolment link', goesOn],
  'enrol-too-often': [
    'ten wrong codes ended an enrolment link',
    '"radgate user enrol" makes a new one, if the user was only unlucky.',
  ],
  'enrol-finished': ['the user has registered', nothing],
  'message-sent': ['a provider has taken a message to the user: which provider, and where to', nothing],
  'message-failed': [
    'a message to the user was not sent: where to',
    '"radgate deliver list USER" says why each provider did not take it; "radgate check --connect" tries the ways to them.',
  ],
  'message-abandoned': [
    'a message was not sent, since it was of no use any more: where to',
    '"radgate deliver list USER" says why: no provider took it in time, or another code took its place.',
  ],
  'audit-purged': ['rows of the audit were removed that were older than [audit] keep', nothing],
} as const;

/** The names of those. */
export const reasonsBeyondOutcomes: readonly string[] = Object.keys(beyond);

const remedies: Readonly<Record<Outcome, string>> = {
  approved: nothing,
  'approval-typed': goesOn,
  'approval-declined':
    "Ask the user: if the login was the user's own, log in again; if not, someone knows the password: have it changed.",
  'approval-fraud': stolen,
  'approval-unanswered':
    'See [[client]] deadline, which must be as long as the device waits; "radgate deliver list USER" tells whether the notice went out.',
  'approval-refused':
    'The log says why: a limit of [deliver], no number or address, too many unanswered, or a reported login. "radgate user unlock" lets approvals be asked again.',
  'call-hung-up':
    'Ask the user to press the key that the voice names; a text or another channel before "voice" in [approval] channels may serve better.',
  'call-machine': 'Have the user answer the phone, or give another number: "radgate user set".',
  'call-busy': 'Log in again once the number is free.',
  'call-no-answer': 'Have the user answer the phone, or give another number: "radgate user set".',
  'call-failed': 'Check the number: "radgate user show"; the provider tells more of the call.',
  'approval-needed':
    'Have the user set up a phone that approves ("radgate user enrol"), or give the user a telephone number or an e-mail address ("radgate user set"). "radgate user bypass" lets the user in once meanwhile.',
  loop: 'See docs/rd-gateway.md: the policy of the server behind radgate must not forward what radgate sends.',
  stopping: 'Nothing: the device asks again.',
  accepted: nothing,
  'factor-not-required': 'If a second factor was expected, set factor = "required" for this [[client]].',
  'not-enrolled-allowed':
    'Give the user a token with "radgate token add". Once everyone has one, set factor = "required" for this [[client]].',
  'allowed-by-policy': 'If a second factor was expected, change the [[policy]] that the row names.',
  'not-enrolled-by-policy':
    'Give the user a token with "radgate token add" before the day that the [[policy]] names (unenrolled_until).',
  'outage-allowed-by-policy':
    'Have the [[provider]]s work again: the log and "radgate deliver list" tell why they do not. Give the user an app ("radgate token add"), which needs none.',
  'denied-by-policy': 'If the user may log in, change the [[policy]] that the row names.',
  'denied-by-policy-early':
    'An application password is of no use where a [[policy]] refuses the user, or may by what only a directory knows, since none is asked. If it is to be of use, name other clients in the [[policy]], or put one before it that holds for certain; "radgate explain" tells what comes of it.',
  'method-missing':
    '"radgate user show" tells what there is: enable or renew the token ("radgate token set"), give another, or let this [[client]] ask for approvals. Where a [[policy]] names methods, give one of them, or name another there. "radgate user bypass" for one login.',
  'bypass-used': 'Give the user a working token before the next login; "radgate user show" tells which there are.',
  remembered: 'Nothing. "radgate user unlock" forgets all devices of a user; see remember of the [[client]].',
  'acl-downloaded': nothing,
  'acl-missing':
    'Ask the server behind radgate for the ACL that the row names as its user: it must answer with "ip:inacl#..." in cisco-av-pair. See docs/profiles.md.',
  'acl-unsigned':
    'Have the device send Message-Authenticator, as Cisco devices do with such requests, or set acl_downloads = false for this [[client]].',
  'app-password-right': nothing,
  'app-password-wrong':
    'If it is the user, "radgate user app-password add" makes another; a program whose password was revoked goes on trying the old one until it is told the new.',
  'app-password-paused':
    'It keeps nobody out who has a right one, and nobody guesses such a password: see where they come from, "radgate report denials".',
  'code-asked': goesOn,
  'code-sent': 'Nothing, unless the user waits in vain: "radgate deliver list USER" tells what became of the message.',
  'send-refused':
    'See [deliver] for its limits, and "radgate user show" for the number or address: "radgate user set" changes it.',
  'send-refused-last':
    'See [deliver] for its limits, and "radgate user show" for the number or address: "radgate user set" changes it. "radgate user bypass" lets the user in once meanwhile.',
  'choice-unavailable':
    'If the user should have that way: "radgate user set" for a number or address, "radgate token add" for a token.',
  'choice-unavailable-last':
    'If the user should have that way: "radgate user set" for a number or address, "radgate token add" for a token.',
  'code-missing':
    'The user types the code with the password, as the text of the refusal shows; see docs/append.md. If the device can ask, take challenge = false away.',
  'code-needs-challenge':
    'Set append of this [[client]], so that codes are typed with the password (docs/append.md), or let the user approve logins (docs/approvals.md).',
  'code-sent-apart':
    'Nothing: the user logs in again with the code. If it does not come, "radgate deliver list USER" tells what became of the message.',
  'turns-over':
    'Ask the user whether codes arrive: "radgate deliver list USER". If it was not the user, someone knows the password: have it changed.',
  'code-only-right': 'If a password was expected, change the [[policy]] that the row names.',
  'code-only-wrong':
    'Ask whether it was the user. Somebody who tries codes without a password needs nothing but the name: see where they come from, "radgate report denials".',
  'code-only-locked':
    'Ask whether it was the user: without a password anybody can lock one. "radgate user unlock" ends it; the device should check the password before it asks.',
  'code-wrong':
    'If it goes on, the clock of the phone or token is off: set the phone\'s, or "radgate token resync" the token.',
  'code-used': 'The user waits for the next code. If two devices show the same codes, both count as one.',
  'code-wrong-last':
    'If it goes on, the clock of the phone or token is off: set the phone\'s, or "radgate token resync" the token. If it was not the user, someone knows the password: have it changed.',
  'code-used-last': 'The user waits for the next code and logs in again.',
  locked:
    'Ask whether it was the user. If so, "radgate user unlock"; if not, someone knows the password: have it changed first.',
  paused: 'It ends by itself ([lockout] pause), or by "radgate user unlock". Ask whether it was the user.',
  disabled: '"radgate user enable", if the user may log in again.',
  'not-enrolled':
    '"radgate user add" if radgate does not know the user, then "radgate token add"; "radgate user bypass" for one login.',
  'enrolment-sent':
    'Nothing: the user opens the link of the mail and registers. "radgate deliver list USER" tells what became of the mail.',
  'enrolment-open':
    'Ask the user for the mail: "radgate deliver list USER" tells what became of it. An hour after it a login has another one sent; "radgate user enrol USER --again" makes one at once.',
  'name-ambiguous':
    'Have the user type the whole name, or give one of them this name: "radgate user set NAME --add-alias OTHER".',
  'name-lookalike':
    'If it is the same person: "radgate user set NAME --add-alias OTHER". If not, "radgate user add" with --distinct.',
  'name-invalid': 'Have the user type the name anew. If all names come like this, see how the device encodes them.',
  'name-missing':
    'See the configuration of the device: a request without User-Name is no login (RFC 2865 section 4.1).',
  'name-unproven': 'See outer_identity in docs/primaries.md: the upstream must tell who was inside the tunnel.',
  'password-wrong':
    'The user types the password anew, or has it reset. Many of them for many names from one address are guesses: see "radgate report denials".',
  'account-disabled': 'Enable the account at the directory, if the user may log in.',
  'account-expired': 'Set a later end of the account at the directory.',
  'account-locked': 'Unlock the account at the directory, once it is known who typed the wrong passwords.',
  'account-restricted': 'See the hours and the workstations that the directory allows this account.',
  'password-expired': 'The user changes the password where the directory offers it, or has it reset.',
  'not-in-group': 'Put the user into one of the groups that require_group of the [[primary]] names.',
  'password-change-refused':
    'The user changes the password elsewhere: at a workstation, or on a page of the directory.',
  'upstream-rejected': "See the upstream server's own log: it alone knows why.",
  'upstream-asked': goesOn,
  'upstream-rounds': "See the upstream server's own log for why it asks without end.",
  'credential-missing':
    'See what the device sends: PAP is what works with every primary. If it is an answer to a challenge, the device must send it by PAP.',
  'credential-unsupported': 'Set the device to PAP, or see docs/primaries.md for what each primary can check.',
  'code-needs-pap':
    'Set the device to PAP, which alone leaves room for asking a code, or let the user approve on the phone: docs/approvals.md.',
  'state-unknown':
    'The user logs in again. If it happens to many, the device waits too long, or a load balancer sends the answers to another node: see [store] waiting.',
  'reply-too-long':
    'Have the upstream send fewer or shorter attributes: a packet has 4096 octets (RFC 2865 section 3).',
  'upstream-unreachable': '"radgate check --connect" tells which server does not answer, and why.',
  'upstream-unasked': '"radgate check --connect" tells what keeps the password from being checked.',
  'store-failed': 'See the log for what the store said: the disk may be full, or the database out of reach.',
  'answer-pending': 'Nothing: the device asks again, and gets the verdict of the first.',
  'waiting-full':
    'If it is one user, the device begins logins without end. Else raise [login] max_waiting, or see who floods radgate.',
  'internal-error': 'Report it, with the lines of the log that bear the same login.',
};

/** Every reason that a login's row of the audit can have. */
export const loginReasons: ReadonlyMap<string, Reason> = new Map([
  ...Object.entries(remedies).map(
    ([name, remedy]) => [name, { meaning: outcomes[name as Outcome].log, remedy }] as const,
  ),
  ...Object.entries(beyond).map(([name, [meaning, remedy]]) => [name, { meaning, remedy }] as const),
]);

/** What administrators do to one user. */
const undone = 'Nothing, if an administrator meant it; "radgate user show" tells how the user is now.';
const tokens = 'Nothing, if an administrator meant it; "radgate token list USER" tells how it is now.';
const whole = 'Nothing, if an administrator meant it. Else find out who may run commands on this host.';

/** Every reason of a row that tells of an administrator's change: the command's name. What it concerned in detail may follow, after a colon. */
export const changeReasons: ReadonlyMap<string, Reason> = new Map(
  Object.entries({
    'user-add': ['a user was added', undone],
    'user-import': ['users were imported', whole],
    'user-set': ['a user was changed: which of the details', undone],
    'user-disable': ['a user was disabled', '"radgate user enable" takes it back.'],
    'user-enable': ['a user was enabled', '"radgate user disable" takes it back.'],
    'user-unlock': ['a user was unlocked', undone],
    'user-bypass': [
      'a login without a code was granted to a user, or taken back',
      '"radgate user bypass --cancel" takes it back.',
    ],
    'user-app-password-add': [
      'a user was given a password for one program: its name and its client',
      '"radgate user app-password revoke" takes it back.',
    ],
    'user-app-password-revoke': ['an application password was revoked: its name, or all', undone],
    'user-recovery': ['a user was given new recovery codes', undone],
    'user-reset': ["a user's second factors were removed", '"radgate token add" gives the user a new one.'],
    'user-remove': ['a user was removed', '"radgate user add" adds the user anew, without tokens.'],
    'user-devices': [
      'a phone that approves was revoked: its name, or all',
      '"radgate user enrol USER --existing add" sets up another.',
    ],
    'user-enrol': [
      'a user was given a link to register a second factor',
      '"radgate user enrol --again" ends it by a new one.',
    ],
    'token-add': ['a user was given a new token', tokens],
    'token-confirm': [
      'the first code made a pending token active; "was active already" if it was the code of another token',
      tokens,
    ],
    'token-import': ['tokens were imported', whole],
    'token-assign': ['a token was given to a user', '"radgate token unassign" takes it back.'],
    'token-unassign': ['a token was taken from a user', '"radgate token assign" gives it back.'],
    'token-set': ['a token was changed', tokens],
    'token-resync': ['a token was resynchronised', tokens],
    'token-remove': ['a token was removed', '"radgate token add" or "radgate token import" brings in another.'],
    'service-start': [
      'the service was started: which version, with which configuration',
      'Nothing, if an administrator meant it.',
    ],
    'service-reload': [
      'the service read its configuration anew; "refused" if it was bad, and the old one stays',
      'Nothing, if an administrator meant it.',
    ],
    'service-stop': [
      'the service was stopped',
      'Nothing, if an administrator meant it. A start without a stop before it was a crash, or a kill.',
    ],
    'store-export': ['the store was exported', whole],
    'store-import': ['the store was imported from an export', whole],
    'store-rekey': ['the key of the store was changed', whole],
  } as const).map(([name, [meaning, remedy]]) => [name, { meaning, remedy }]),
);

/** What a row's reason says. @param reason as it stands in the audit, with what follows a colon */
export function reasonOf(reason: string): Reason | undefined {
  return (
    loginReasons.get(reason) ??
    (/^(?:enrol|audit|message)-/.test(reason) ? loginReasons.get(reasonName(reason)) : undefined) ??
    changeReasons.get(reasonName(reason))
  );
}
