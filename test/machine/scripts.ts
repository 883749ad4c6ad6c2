import { readFileSync } from 'node:fs';
import { avPair } from '../support/av-pair.ts';
import { loadTexts } from '../../src/deliver/load-texts.ts';
import type { LoginFacts, SendingFacts } from '../../src/login/machine/login-facts.ts';
import { maxTurns } from '../../src/login/machine/on-answer.ts';
import { maxRounds } from '../../src/login/machine/on-primary.ts';
import type { Effect, Event, Step } from '../../src/login/machine/state.ts';
import type { Asking, Prompts } from '../../src/login/prompts.ts';
import type { Outcome } from '../../src/login/outcome.ts';
import type { Verdict } from '../../src/login/verdict.ts';
import type { WaitingLogin } from '../../src/login/waiting.ts';
import type { Granted } from '../../src/packet/granted.ts';
import { byApp } from '../support/asking.ts';
import { aPolicy, folded, withConditions } from '../support/a-policy.ts';
import { suffixOf, type NameRealms } from '../../src/policy/name-realms.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { foldGroup } from '../../src/policy/fold-group.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { AppendRules } from '../../src/policy/append.ts';
import type { Way } from '../../src/policy/choice.ts';
import type { FactorRule, Identity } from '../../src/policy/decide.ts';
import {
  asAsked,
  type Conversation,
  type Person,
  type PrimaryResult,
  type Refusal,
} from '../../src/primary/primary.ts';

export interface Script {
  readonly name: string;
  readonly facts: LoginFacts;
  readonly steps: readonly { readonly event: Event; readonly said: string; readonly expected: string }[];
}

/** What the primary granted in all scripts: "class". */
export const granted: readonly Granted[] = [{ kind: 'plain', type: 25, value: Buffer.from('class') }];
/** What an upstream may answer to who fetches an ACL, and more than is asked for. */
export const aclLine: Granted = { kind: 'plain', ...avPair('ip:inacl#1=permit ip any any') };
export const withAcl: PrimaryResult = {
  kind: 'ok',
  granted: [...granted, aclLine, { kind: 'plain', ...avPair('shell:priv-lvl=15') }],
  person: asAsked,
};
const question: readonly Granted[] = [{ kind: 'plain', type: 18, value: Buffer.from('New password: ') }];
const relayed: readonly Granted[] = [{ kind: 'plain', type: 18, value: Buffer.from('the upstream says no') }];
export const prompts: Prompts = {
  first: 'Code: ',
  afterWrong: 'Wrong. Code: ',
  afterUsed: 'Used. Code: ',
  texts: loadTexts(undefined),
  language: 'en',
  format: 'short',
};
const anywhere = { allow: [], deny: [] };
/** Nothing, or texts and calls can be sent. */
export const nothing: SendingFacts = { methods: [], order: ['store', 'directory'], rules: anywhere, digits: 6 };
export const messages: SendingFacts = { ...nothing, methods: ['sms', 'voice'] };
export const byComma: AppendRules = { order: 'code-last', delimiter: Buffer.from(','), length: undefined };
export const now = 1_700_000_000_000;
export const handle = Buffer.alloc(16, 0x77);

const asked = {
  userName: 'alice',
  client: 'vpn',
  clientAddress: '192.0.2.1',
  callingStationId: null,
  primary: 'nps',
};
const conversation: Conversation = { server: '192.0.2.5:1812', state: Buffer.from('theirs'), rounds: 1 };

export function waitingLogin(attemptsLeft: number): WaitingLogin {
  return {
    stage: 'factor',
    loginId: 'l1',
    firstDevice: null,
    userId: 'u1',
    methods: ['totp'],
    granted,
    attemptsLeft,
    asking: byApp,
    asked,
  };
}

/** A login of who was sent a text, and has an app too. */
export function texted(turns: number, available: readonly Way[] = ['app', 'sms']): WaitingLogin {
  const asking: Asking = { ...byApp, available, way: 'sms', target: '+33 ** 12', turns };
  const own = { userId: 'u1', methods: ['totp', 'sms'] as const, granted, attemptsLeft: 3 };
  return { stage: 'factor', loginId: 'l1', firstDevice: null, ...own, asking, asked };
}

/** A login whose primary asked a question of its own. */
export const conversing: WaitingLogin = { stage: 'primary', loginId: 'l1', firstDevice: null, conversation, asked };

/** A primary that accepted and says this of the person. */
export function proven(own: Partial<Person> = {}): PrimaryResult {
  return { kind: 'ok', granted, person: { ...asAsked, ...own } };
}

export function challenged(rounds = 1): PrimaryResult {
  return { kind: 'challenge', relayed: question, conversation: { ...conversation, rounds } };
}

const known = ({
  methods = ['totp'],
  enrolled = methods.length > 0,
  ...own
}: Partial<Extract<Identity, { kind: 'known' }>> = {}): Identity => ({
  kind: 'known',
  hasDevice: false,
  userId: 'u1',
  disabled: false,
  lock: 'open',
  bypassId: null,
  methods,
  enrolled,
  phone: null,
  email: null,
  language: null,
  preferredWay: null,
  groups: [],
  names: [],
  ...own,
});

const identities: Readonly<Record<string, Identity>> = {
  enrolled: known(),
  unenrolled: known({ methods: [] }),
  'with-disabled-token': known({ methods: [], enrolled: true }),
  'with-device': known({ methods: [], enrolled: true, hasDevice: true }),
  locked: known({ lock: 'locked' }),
  paused: known({ lock: 'paused' }),
  granted: known({ bypassId: 'b1' }),
  'granted-unenrolled': known({ bypassId: 'b1', methods: [] }),
  'granted-locked': known({ bypassId: 'b1', lock: 'locked' }),
  'granted-disabled': known({ bypassId: 'b1', disabled: true }),
  disabled: known({ disabled: true }),
  reachable: known({ methods: [], phone: '+33612345612' }),
  french: known({ methods: [], phone: '+33612345612', language: 'fr' }),
  'with-phone': known({ phone: '+33612345612' }),
  'of-field-staff': known({ phone: '+33612345612', groups: ['field staff'] }),
  'field-staff-asked': known({ methods: [], phone: '+33612345612', groups: ['field staff'], preferredWay: 'approval' }),
  'field-staff-app': known({ methods: ['totp'], phone: '+33612345612', groups: ['field staff'] }),
  'named-alice': known({ names: ['alice'] }),
  'named-in-both': known({ names: ['alice', 'alice@corp'] }),
  leaver: known({ names: ['alice'], groups: ['LEAVERS'] }),
  admin: known({ names: ['alice'], groups: ['admins'] }),
  'field-staff-sms': known({ methods: [], phone: '+33612345612', groups: ['field staff'] }),
  'field-staff-recovery': known({ methods: ['recovery'], phone: '+33612345612', groups: ['field staff'] }),
  'named-alice-sms': known({ methods: [], phone: '+33612345612', names: ['alice'] }),
  'prefers-sms': known({ phone: '+33612345612', preferredWay: 'sms' }),
  another: known({ userId: 'u2', methods: [] }),
  unknown: { kind: 'unknown' },
  ambiguous: { kind: 'ambiguous' },
  lookalike: { kind: 'lookalike' },
};

const answered: Readonly<Record<string, Verdict>> = {
  accept: { kind: 'accept', outcome: 'accepted', granted },
  challenge: { kind: 'challenge', outcome: 'upstream-asked', text: null, relayed: question, state: handle },
  reject: { kind: 'reject', outcome: 'code-wrong-last', relayed: [], text: 'Wrong.' },
};

function found<T>(table: Readonly<Record<string, T>>, key: string): T {
  const value = table[key];
  if (value === undefined) throw new Error(`what is "${key}"?`);
  return value;
}

const fixed: Readonly<Record<string, Event>> = {
  received: { kind: 'received' },
  recorded: { kind: 'recorded' },
  'bypass used': { kind: 'bypass', used: true },
  'bypass gone': { kind: 'bypass', used: false },
  'sent queued': { kind: 'sent', output: { kind: 'queued', target: '+33 ** 12', language: 'en' } },
  'sent queued in French': { kind: 'sent', output: { kind: 'queued', target: '+33 ** 12', language: 'fr' } },
  'sent limited': {
    kind: 'sent',
    output: { kind: 'limited', which: 'user', until: now + 120_000, language: 'en' },
  },
  'sent outage': { kind: 'sent', output: { kind: 'outage' } },
  'approval outage': { kind: 'approval', answer: { kind: 'refused', why: 'outage' } },
  'sent nowhere': { kind: 'sent', output: { kind: 'no-target', why: 'none', language: 'en' } },
  'taken texted': { kind: 'taken', taken: { kind: 'waiting', login: texted(1) } },
  'taken texted alone': { kind: 'taken', taken: { kind: 'waiting', login: texted(1, ['sms']) } },
  'taken texted ten times': { kind: 'taken', taken: { kind: 'waiting', login: texted(maxTurns) } },
  'approval approved': { kind: 'approval', answer: { kind: 'approved' } },
  'approval declined': { kind: 'approval', answer: { kind: 'declined' } },
  'approval fraud': { kind: 'approval', answer: { kind: 'fraud' } },
  'approval unanswered': { kind: 'approval', answer: { kind: 'unanswered' } },
  'approval missed busy': { kind: 'approval', answer: { kind: 'missed', end: 'busy' } },
  'approval missed machine': { kind: 'approval', answer: { kind: 'missed', end: 'machine' } },
  'approval missed no-answer': { kind: 'approval', answer: { kind: 'missed', end: 'no-answer' } },
  'approval missed hung-up': { kind: 'approval', answer: { kind: 'missed', end: 'hung-up' } },
  'approval missed failed': { kind: 'approval', answer: { kind: 'missed', end: 'failed' } },
  'approval stopped': { kind: 'approval', answer: { kind: 'stopped' } },
  'approval refused': { kind: 'approval', answer: { kind: 'refused', why: 'unanswered' } },
  'approval typed': { kind: 'approval', answer: { kind: 'typed', target: '+33 ** 12', number: 42, waited: true } },
  'code-forms of alice': {
    kind: 'code-forms',
    forms: { lengths: [6], pin: false, recovery: true, language: null },
  },
  'code-forms of nobody': { kind: 'code-forms', forms: null },
  'enrolled sent': { kind: 'enrolled', output: { kind: 'sent', target: 'a***@corp.example' } },
  'enrolled open': { kind: 'enrolled', output: { kind: 'open' } },
  'enrolled refused': { kind: 'enrolled', output: { kind: 'refused', why: 'limited' } },
  'recalled yes': { kind: 'recalled', remembered: true },
  'recalled no': { kind: 'recalled', remembered: false },
  'put done': { kind: 'put', handle },
  'put full': { kind: 'put', handle: undefined },
  'primary ok': { kind: 'primary', result: proven() },
  'primary ok, with an ACL': { kind: 'primary', result: withAcl },
  'primary ok, as Alice': { kind: 'primary', result: proven({ names: ['Alice@corp', 'CORP\\alice'] }) },
  'primary ok, as a\u200bb': { kind: 'primary', result: proven({ names: ['a\u200bb'] }) },
  'primary ok, of field staff': { kind: 'primary', result: proven({ groups: ['FIELD STAFF'] }) },
  'tunnel ok': { kind: 'primary', result: proven({ askedNameProven: false }) },
  'tunnel ok, as bob': { kind: 'primary', result: proven({ names: ['bob'], askedNameProven: false }) },
  'primary unsupported': { kind: 'primary', result: { kind: 'unsupported', why: 'PAP only' } },
  'primary rejected': { kind: 'primary', result: { kind: 'bad', relayed } },
  'primary challenge': { kind: 'primary', result: challenged() },
  'primary challenge 50': { kind: 'primary', result: challenged(maxRounds) },
  'primary challenge 51': { kind: 'primary', result: challenged(maxRounds + 1) },
  'taken conversation': { kind: 'taken', taken: { kind: 'waiting', login: conversing } },
  'primary unreachable': { kind: 'primary', result: { kind: 'unreachable', why: 'nobody answered', asked: true } },
  'primary unasked': { kind: 'primary', result: { kind: 'unreachable', why: 'too many', asked: false } },
  'taken unknown': { kind: 'taken', taken: { kind: 'unknown' } },
  'taken pending': { kind: 'taken', taken: { kind: 'pending' } },
};

function eventOf(said: string): Event {
  const known = fixed[said];
  if (known) return known;
  const [verb, what = '', detail = ''] = said.split(' ');
  if (verb === 'primary')
    return { kind: 'primary', result: { kind: 'bad', relayed: undefined, reason: what as Refusal } };
  if (verb === 'identified') return { kind: 'identified', identity: found(identities, what) };
  if (verb === 'attempted') {
    const method = what === 'accepted' ? 'totp' : null;
    return { kind: 'attempted', output: { outcome: what as Outcome, method } };
  }
  if (verb === 'app-password') return { kind: 'app-password', outcome: `app-password-${what}` as Outcome };
  if (verb === 'taken' && what === 'waiting')
    return { kind: 'taken', taken: { kind: 'waiting', login: waitingLogin(Number(detail)) } };
  if (verb === 'taken' && what === 'answered')
    return { kind: 'taken', taken: { kind: 'answered', verdict: found(answered, detail) } };
  throw new Error(`what happened at "${said}"?`);
}

const names: Readonly<Record<string, Buffer | undefined>> = {
  '-': undefined,
  empty: Buffer.alloc(0),
  invalid: Buffer.from('al\u200bice'),
};

export const about: LoginFacts['about'] = () => ({
  client: 'vpn',
  primary: 'nps',
  address: undefined,
  trustsAddress: false,
  protocol: 'pap',
  attributes: [],
});

/** A Class in place of the primary's. */
function inPlace(text: string): Policy['returns'] {
  return { replaced: [{ vendor: 0, type: 25, value: Buffer.from(text) }], byGroup: [], added: [], removed: [] };
}

/** The rules that a script may name, beside "deny", "allow", "require" for everyone. */
const rules: Readonly<Record<string, Policy>> = {
  'deny-alice': withConditions(aPolicy('deny'), { user: folded('alice') }),
  'deny-leavers': withConditions(aPolicy('deny'), { group: ['Leavers'].map(foldGroup) }),
  'deny-partner': withConditions(aPolicy('deny'), { primary: ['partner'] }),
  'require-own': withConditions(aPolicy('require'), { primary: ['nps'] }),
  'require-admins': withConditions(aPolicy('require'), { group: ['Admins'].map(foldGroup) }),
  'require-not-leavers': withConditions(aPolicy('require'), { notGroup: ['Leavers'].map(foldGroup) }),
  'require-enrolled': withConditions(aPolicy('require'), { enrolled: true }),
  'require-unenrolled': withConditions(aPolicy('require'), { enrolled: false }),
  'require-network': withConditions(aPolicy('require'), { network: ['0.0.0.0/0'] }),
  'require-here': withConditions(aPolicy('require'), { client: ['vpn'] }),
  'require-alíce': withConditions(aPolicy('require'), { user: folded('al\u00edce') }),
  'allow-staff': {
    ...withConditions(aPolicy('allow'), { group: ['Field staff'].map(foldGroup) }),
    text: 'Soon you need a code.',
  },
  'require-staff': withConditions(aPolicy('require'), { group: ['Field staff'].map(foldGroup) }),
  'require-sms': { ...aPolicy('require'), ways: ['sms'] },
  'allow-if-not-enrolled': withConditions(aPolicy('allow'), { enrolled: false }),
  'allow-unenrolled': { ...aPolicy('require'), unenrolled: 'allow', text: 'Get a token.' },
  'link-unenrolled': { ...aPolicy('require'), ways: ['app'], unenrolled: 'link' },
  'link-with-text': { ...aPolicy('require'), ways: ['app'], unenrolled: 'link', text: 'You need an app.' },
  'outage-staff': {
    ...withConditions(aPolicy('require'), { group: ['Field staff'].map(foldGroup) }),
    opensOnOutage: true,
  },
  'outage-alice': { ...withConditions(aPolicy('require'), { user: folded('\u00e1lice') }), opensOnOutage: true },
  'code-only': { ...withConditions(aPolicy('code-only'), { client: ['vpn'] }), returns: inPlace('own class') },
  'code-only-bob': withConditions(aPolicy('code-only'), { client: ['vpn'], user: folded('bob') }),
  'allow-returned': { ...aPolicy('allow'), returns: inPlace('other class') },
  'require-returned': { ...aPolicy('require'), returns: inPlace('other class') },
  'require-too-much': { ...aPolicy('require'), returns: inPlace('other class, too much') },
  'allow-unenrolled-until': {
    ...aPolicy('require'),
    unenrolled: 'allow',
    unenrolledUntil: '2023-11-14',
    text: 'Too late.',
  },
};

function policiesIn(options: readonly string[]): Policy[] {
  return options.flatMap((option) => {
    const [, name] = /^rule=(.*)$/.exec(option) ?? [];
    if (name === undefined) return [];
    return name === 'deny' || name === 'allow' || name === 'require' ? [aPolicy(name)] : [found(rules, name)];
  });
}

/** Where a script says "realms". */
export const realms: NameRealms = { realms: [{ suffix: 'corp', primary: 'partner' }], primary: 'nps' };

function factsOf(words: readonly string[]): LoginFacts {
  const [name = '-', ...options] = words;
  const value = (key: string): string | undefined => options.find((each) => each.startsWith(`${key}=`))?.split('=')[1];
  return {
    userName: name in names ? names[name] : Buffer.from(name),
    realms: options.includes('realms') ? realms : undefined,
    realm: options.includes('realms') ? suffixOf(realms, foldUserName(name)?.folded) : undefined,
    credential: (value('credential') ?? 'prompt') as LoginFacts['credential'],
    isAnswer: options.includes('state'),
    factorRule: (value('factor') ?? 'required') as FactorRule,
    policies: policiesIn(options),
    about,
    isLoop: options.includes('loop'),
    aclDownload: options.includes('acl') ? 'signed' : options.includes('acl-unsigned') ? 'unsigned' : null,
    approval: options.includes('approves') ? { channels: ['sms'], first: options.includes('first') } : undefined,
    attempts: Number(value('attempts') ?? 3),
    room: Number(value('room') ?? 4_000),
    prompts,
    groupWays: [{ group: foldGroup('Field Staff'), way: 'voice' }],
    sending: options.includes('sends') ? messages : nothing,
    typed: value('typed') ?? '123456',
    password: Buffer.from(value('password') ?? 'wonderland'),
    append: options.includes('append') ? byComma : undefined,
    remembers: options.includes('remembers'),
    appPasswords: options.includes('app-passwords'),
    hasDirectory: options.includes('directory'),
    challenge: !options.includes('unaskable'),
    now,
  };
}

/** Reads logins.txt, or any of its form. */
export function readScripts(file: string): Script[] {
  const text = readFileSync(new URL(`../../../test/machine/${file}`, import.meta.url), 'utf8').replaceAll(
    /^#.*\n/gm,
    '',
  );
  return text
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      const [title = '', request = '', ...lines] = block.split('\n');
      const steps = lines.map((line) => {
        const [said = '', expected = ''] = line.split('->').map((side) => side.trim());
        return { event: eventOf(said), said, expected };
      });
      return { name: title.replace('script: ', ''), facts: factsOf(request.split(' ').slice(1)), steps };
    });
}

/** Of a vendor's attribute its value alone. */
function shown({ kind, value, ...more }: Granted): string {
  return (kind === 'plain' && 'type' in more && more.type === 26 ? value.subarray(6) : value).toString();
}

function describeVerdict(verdict: Verdict): string {
  const what = `${verdict.kind.toUpperCase()} ${verdict.outcome}`;
  switch (verdict.kind) {
    case 'accept':
      return `${what} with ${verdict.granted.map(shown).join(', ')}`.trim();
    case 'reject':
      return verdict.relayed.length > 0 ? `${what} relayed` : `${what} ${JSON.stringify(verdict.text)}`;
    case 'challenge':
      return `${what} ${verdict.text === null ? 'relayed' : JSON.stringify(verdict.text)}`;
    case 'silence':
      return what;
  }
}

function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'identify':
      return `identify ${[...effect.names.proven, effect.names.asked].map((name) => name?.folded ?? 'nobody').join(', ')}`;
    case 'check-primary':
      if (effect.password) return `check-primary with ${effect.password.toString()}`;
      return effect.conversation ? `check-primary, round ${effect.conversation.rounds + 1}` : effect.kind;
    case 'use-app-password':
      return `use-app-password of ${effect.name.folded}`;
    case 'enrol':
      return `enrol ${effect.userId} by ${effect.rule}`;
    case 'recall':
      return `recall the device of ${effect.login.userId}`;
    case 'find-code-forms':
      return `find-code-forms of ${effect.name.folded}`;
    case 'put': {
      if (effect.login.stage === 'primary') return `put at the primary, round ${effect.login.conversation.rounds}`;
      const { userId, attemptsLeft, granted: kept } = effect.login;
      return `put for ${userId}, ${attemptsLeft} left, with ${kept.map(({ value }) => value.toString()).join(', ')}`;
    }
    case 'record':
      return `record ${describeVerdict(effect.verdict)}${effect.userId === null ? '' : ` of ${effect.userId}`}${effect.rule === undefined ? '' : ` by ${effect.rule}`}`;
    case 'send':
      return `send by ${effect.method}, turn ${effect.login.asking.turns}`;
    case 'approve':
      return `ask ${effect.login.userId} to approve, turn ${effect.login.asking.turns}`;
    case 'use-bypass':
      return `use bypass ${effect.bypassId} of ${effect.userId}`;
    case 'attempt':
      if (effect.alone) return `attempt alone of ${effect.login.userId} by ${effect.login.rule}`;
      return effect.appended ? `attempt with ${effect.appended.toString()}` : effect.kind;
    case 'take':
      return effect.kind;
  }
}

/** A step as the scripts write it. */
export function describeStep(step: Step): string {
  return 'verdict' in step ? describeVerdict(step.verdict) : describeEffect(step.effect);
}
