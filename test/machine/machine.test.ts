import type { ApprovalAnswer } from '../../src/approval/approvals.ts';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { step } from '../../src/login/machine.ts';
import type { LoginFacts } from '../../src/login/machine/login-facts.ts';
import type { Effect, Event, State } from '../../src/login/machine/state.ts';
import { outcomes, type Outcome } from '../../src/login/outcome.ts';
import type { Verdict } from '../../src/login/verdict.ts';
import { decide, type Identity, type Method } from '../../src/policy/decide.ts';
import type { LockState } from '../../src/policy/lockout.ts';
import { lengthOnHop } from '../../src/packet/granted.ts';
import type { BeginOutput } from '../../src/factor/sent-code.ts';
import { foldGroup } from '../../src/policy/fold-group.ts';
import type { Way } from '../../src/policy/choice.ts';
import { aPolicy } from '../support/a-policy.ts';
import { suffixOf } from '../../src/policy/name-realms.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { about } from './scripts.ts';
import type { WaitingLogin } from '../../src/login/waiting.ts';
import {
  aclLine,
  byComma,
  challenged,
  conversing,
  describeStep,
  granted,
  handle,
  messages,
  nothing,
  now,
  prompts,
  proven,
  readScripts,
  realms,
  texted,
  waitingLogin,
  withAcl,
  type Script,
} from './scripts.ts';

const scripts = readScripts('logins.txt');
const queued: BeginOutput = { kind: 'queued', target: '+33 ** 12', language: 'en' };

/** Walks a script; gives every state that it was in, and its verdict. */
function walk({ facts, steps }: Script): { readonly states: State[]; readonly verdict: Verdict | undefined } {
  const states: State[] = [{ at: 'start' }];
  for (const [i, { event, said, expected }] of steps.entries()) {
    const state = states.at(-1);
    if (!state) throw new Error('no state');
    const next = step(facts, state, event);
    expect(describeStep(next), said).to.equal(expected);
    if ('verdict' in next) {
      expect(i, 'a verdict is the last step').to.equal(steps.length - 1);
      return { states, verdict: next.verdict };
    }
    states.push(next.state);
  }
  return { states, verdict: undefined };
}

describe('machine: scripts', () => {
  for (const script of scripts)
    it(script.name, () => {
      expect(walk(script).verdict, 'it ends with a verdict').not.to.equal(undefined);
    });

  it('lead to every outcome, but those that other rooms find', () => {
    const reached = new Set(scripts.map((script) => walk(script).verdict?.outcome));
    const elsewhere: Outcome[] = ['store-failed', 'internal-error'];
    expect(Object.keys(outcomes).filter((outcome) => !reached.has(outcome as Outcome))).to.have.members(elsewhere);
  });

  it('lead through every state', () => {
    const seen = new Set(scripts.flatMap((script) => walk(script).states.map(({ at }) => at)));
    expect([...seen]).to.have.members([
      'start',
      'owner',
      'forms',
      'recall',
      'enrol',
      'app-password',
      'alone',
      'app-owner',
      'primary',
      'identity',
      'bypass',
      'take',
      'attempt',
      'send',
      'approval',
      'put',
      'record',
    ]);
  });

  it('end in silence wherever the store fails: nobody is let in, nobody is told anything', () => {
    for (const script of scripts)
      for (const state of walk(script).states)
        expect(step(script.facts, state, { kind: 'store-failed' }), `${script.name}, ${state.at}`).to.deep.equal({
          verdict: { kind: 'silence', outcome: 'store-failed' },
        });
  });
});

describe('machine: what a state does not wait for is a defect', () => {
  const waitsFor: Readonly<Record<State['at'], Event['kind']>> = {
    start: 'received',
    owner: 'identified',
    forms: 'code-forms',
    recall: 'recalled',
    enrol: 'enrolled',
    'app-password': 'app-password',
    alone: 'identified',
    'app-owner': 'identified',
    primary: 'primary',
    identity: 'identified',
    bypass: 'bypass',
    take: 'taken',
    attempt: 'attempted',
    send: 'sent',
    approval: 'approval',
    put: 'put',
    record: 'recorded',
  };
  const events: readonly Event[] = [
    { kind: 'received' },
    { kind: 'taken', taken: { kind: 'waiting', login: waitingLogin(3) } },
    { kind: 'primary', result: proven() },
    { kind: 'identified', identity: { kind: 'unknown' } },
    { kind: 'bypass', used: true },
    { kind: 'code-forms', forms: null },
    { kind: 'recalled', remembered: true },
    { kind: 'enrolled', output: { kind: 'open' } },
    { kind: 'app-password', outcome: 'app-password-right' },
    { kind: 'put', handle },
    { kind: 'attempted', output: { outcome: 'accepted', method: 'totp' } },
    { kind: 'sent', output: queued },
    { kind: 'approval', answer: { kind: 'unanswered' } },
    { kind: 'recorded' },
  ];
  const states = new Map(
    scripts.flatMap((script) => walk(script).states.map((state) => [state.at, { state, script }])),
  );
  for (const [at, { state, script }] of states)
    it(`in ${at} everything but ${waitsFor[at]}`, () => {
      const refused = events.filter((event) => {
        try {
          step(script.facts, state, event);
          return false;
        } catch (error) {
          expect(String(error)).to.equal(`Error: event ${event.kind} in state ${at}`);
          return true;
        }
      });
      expect(refused.map(({ kind }) => kind)).to.have.members(
        events.map(({ kind }) => kind).filter((kind) => kind !== waitsFor[at]),
      );
    });
});

/** One that has the form. */
const appPassword = 'ABCDEF-GHIJKL-MNOPQR-STUV23';
/** Beside a code, and as OpenVPN wraps it. */
const wrapped = [`${appPassword},123456`, `SCRV1:${Buffer.from(appPassword).toString('base64')}:`];

describe('machine: properties', () => {
  const withoutRealm = fc.record({
    userName: fc
      .constantFrom(undefined, '', 'al\u200bice', 'alice', 'ALICE', 'CORP\\alice', 'alice@corp', 'bj\u00f6rn')
      .map((name) => (name === undefined ? undefined : Buffer.from(name))),
    realms: fc.constantFrom(undefined, undefined, realms),
    credential: fc.constantFrom('prompt', 'prompt', 'prompt', 'proof', 'change', 'vouched', 'none'),
    isLoop: fc.constantFrom(...Array<boolean>(40).fill(false), true),
    aclDownload: fc.constantFrom(null, null, null, null, 'signed', 'unsigned'),
    approval: fc.constantFrom<LoginFacts['approval']>(
      undefined,
      { channels: ['sms'], first: false },
      { channels: ['notify'], first: true },
    ),
    isAnswer: fc.boolean(),
    factorRule: fc.constantFrom('required', 'if-enrolled', 'none'),
    policies: fc.constantFrom(
      [],
      [],
      [aPolicy('allow')],
      [aPolicy('deny')],
      [aPolicy('require')],
      [{ ...aPolicy('require'), unenrolled: 'allow' as const }],
      [{ ...aPolicy('require'), unenrolled: 'link' as const }],
      [{ ...aPolicy('require'), opensOnOutage: true }],
      [aPolicy('code-only')],
    ),
    about: fc.constant(about),
    attempts: fc.integer({ min: 1, max: 10 }),
    room: fc.constantFrom(6, 7, 33, 4_000, 4_000, 4_000),
    prompts: fc.constant(prompts),
    sending: fc.constantFrom(nothing, messages),
    groupWays: fc.constantFrom([], [{ group: foldGroup('Staff'), way: 'sms' as const }]),
    typed: fc.constantFrom('123456', '123456', 'sms', 'resend', 'app', '1', 'mail'),
    password: fc
      .oneof(
        { weight: 4, arbitrary: fc.constantFrom('wonderland', 'wonderland,123456', 'wonderland,sms', 'a,b') },
        { weight: 1, arbitrary: fc.constantFrom(appPassword, ...wrapped) },
      )
      .map((each) => Buffer.from(each)),
    append: fc.constantFrom(undefined, byComma),
    remembers: fc.boolean(),
    appPasswords: fc.boolean(),
    hasDirectory: fc.boolean(),
    challenge: fc.constantFrom(true, true, false),
    now: fc.constant(now),
  });
  const facts: fc.Arbitrary<LoginFacts> = withoutRealm.map((own) => ({
    ...own,
    realm: suffixOf(own.realms, foldUserName(own.userName ?? '')?.folded),
  }));
  const identity: fc.Arbitrary<Identity> = fc.oneof(
    fc
      .record({
        kind: fc.constant('known' as const),
        userId: fc.constant('u1'),
        enrolled: fc.boolean(),
        disabled: fc.constantFrom(false, false, false, true),
        lock: fc.constantFrom<LockState>('open', 'open', 'open', 'paused', 'locked'),
        hasDevice: fc.boolean(),
        bypassId: fc.constantFrom(null, null, 'b1'),
        methods: fc.constantFrom<readonly Method[]>([], ['totp'], ['totp']),
        phone: fc.constantFrom(null, '+33612345612', '+33612345612'),
        email: fc.constant(null),
        language: fc.constantFrom(null, 'fr'),
        preferredWay: fc.constantFrom<Way | null>(null, 'sms', 'approval'),
        groups: fc.constantFrom<readonly string[]>([], ['staff']),
        names: fc.constant<readonly string[]>(['alice']),
      })
      .map((own) => ({ ...own, enrolled: own.enrolled || own.hasDevice || own.methods.length > 0 })),
    fc.constantFrom<Identity>({ kind: 'unknown' }, { kind: 'ambiguous' }, { kind: 'lookalike' }, { kind: 'invalid' }),
  );
  const ofAttempts: readonly Outcome[] = [
    'accepted',
    'accepted',
    'code-wrong',
    'code-used',
    'code-wrong-last',
    'code-used-last',
    'locked',
    'paused',
    'disabled',
    'not-enrolled',
    'method-missing',
  ];
  const primaryResults = [
    proven(),
    proven(),
    withAcl,
    proven({ names: ['Alice'] }),
    proven({ askedNameProven: false }),
    proven({ names: ['bob'], askedNameProven: false }),
    { kind: 'bad', relayed: undefined, reason: 'account-locked' },
    { kind: 'bad', relayed: granted },
    challenged(),
    { kind: 'unsupported', why: 'x' },
    { kind: 'unreachable', why: 'x', asked: true },
  ] as const;
  const received: fc.Arbitrary<Event> = fc.constant({ kind: 'received' });
  const recorded: fc.Arbitrary<Event> = fc.constant({ kind: 'recorded' });
  const put = fc.constantFrom<Event>({ kind: 'put', handle }, { kind: 'put', handle: undefined });
  const taken = fc.constantFrom<Event>(
    { kind: 'taken', taken: { kind: 'waiting', login: waitingLogin(2) } },
    { kind: 'taken', taken: { kind: 'waiting', login: conversing } },
    { kind: 'taken', taken: { kind: 'waiting', login: texted(3) } },
    { kind: 'taken', taken: { kind: 'unknown' } },
    { kind: 'taken', taken: { kind: 'pending' } },
  );
  const byAppPassword = fc
    .constantFrom<Outcome>('app-password-right', 'app-password-wrong', 'app-password-paused', 'disabled', 'locked')
    .map((outcome): Event => ({ kind: 'app-password', outcome }));
  const recalled = fc.boolean().map((remembered): Event => ({ kind: 'recalled', remembered }));
  const forms = fc.constantFrom<Event>(
    { kind: 'code-forms', forms: null },
    { kind: 'code-forms', forms: { lengths: [6], pin: true, recovery: true, language: 'fr' } },
  );
  const primary = fc.constantFrom(...primaryResults).map((result): Event => ({ kind: 'primary', result }));
  const identified = identity.map((own): Event => ({ kind: 'identified', identity: own }));
  const bypass = fc.constantFrom<Event>({ kind: 'bypass', used: true }, { kind: 'bypass', used: false });
  const attempted = fc
    .constantFrom<Outcome>(...ofAttempts, 'code-only-right', 'code-only-wrong')
    .map((outcome): Event => ({ kind: 'attempted', output: { outcome, method: null } }));
  const sent = fc
    .constantFrom<BeginOutput | { readonly kind: 'outage' }>(
      queued,
      { kind: 'outage' },
      { kind: 'limited', which: 'total', until: now, language: 'en' },
      { kind: 'no-target', why: 'none', language: 'en' },
    )
    .map((output): Event => ({ kind: 'sent', output }));
  const approval = fc
    .constantFrom<ApprovalAnswer>(
      { kind: 'approved' },
      { kind: 'approved' },
      { kind: 'approved' },
      { kind: 'approved' },
      { kind: 'declined' },
      { kind: 'fraud' },
      { kind: 'unanswered' },
      { kind: 'typed', target: null, number: 42, waited: true },
      { kind: 'refused', why: 'limited' },
      { kind: 'stopped' },
    )
    .map((answer): Event => ({ kind: 'approval', answer }));
  // Seldom, since it ends a run.
  const failure = fc.constantFrom<(Event | null)[]>({ kind: 'store-failed' }, null, null, null, null, null);
  // Every kind of event in any order, some of them twice, over and over: so that most runs get to a verdict.
  const events = fc
    .tuple(
      received,
      forms,
      recalled,
      byAppPassword,
      recorded,
      put,
      taken,
      primary,
      identified,
      bypass,
      attempted,
      sent,
      approval,
      primary,
      identified,
      attempted,
      fc.option(failure),
    )
    .chain((list) => {
      const there = list.filter((one) => one !== null);
      return fc.shuffledSubarray(there, { minLength: there.length });
    })
    .map((list) => [...list, ...list, ...list, ...list, ...list, ...list]);
  const awaited: Readonly<Record<Effect['kind'], Event['kind']>> = {
    take: 'taken',
    'use-app-password': 'app-password',
    recall: 'recalled',
    enrol: 'enrolled',
    'find-code-forms': 'code-forms',
    'check-primary': 'primary',
    identify: 'identified',
    'use-bypass': 'bypass',
    put: 'put',
    attempt: 'attempted',
    send: 'sent',
    approve: 'approval',
    record: 'recorded',
  };

  function refuses(own: LoginFacts, state: State, one: Event): void {
    let next: unknown;
    try {
      next = step(own, state, one);
    } catch {
      return;
    }
    expect.fail(`event ${one.kind} in state ${state.at} led to ${JSON.stringify(next)}`);
  }

  /** Feeds the machine those of the events that it waits for, in their order; what it does not wait for must be refused. */
  function run(
    own: LoginFacts,
    events: readonly Event[],
  ): { readonly took: Event[]; readonly verdict: Verdict | undefined } {
    let state: State = { at: 'start' };
    let waitsFor: Event['kind'] = 'received';
    const took: Event[] = [];
    for (const one of events) {
      if (one.kind !== waitsFor && one.kind !== 'store-failed') {
        refuses(own, state, one);
        continue;
      }
      const next = step(own, state, one);
      took.push(one);
      if ('verdict' in next) return { took, verdict: next.verdict };
      state = next.state;
      waitsFor = awaited[next.effect.kind];
    }
    return { took, verdict: undefined };
  }

  const happened = (took: readonly Event[], matches: (one: Event) => boolean): boolean => took.some(matches);
  const primaryOk = (took: readonly Event[]): boolean =>
    happened(took, (one) => one.kind === 'primary' && one.result.kind === 'ok');
  const loginTaken = (took: readonly Event[], stage: WaitingLogin['stage']): boolean =>
    happened(took, (one) => one.kind === 'taken' && one.taken.kind === 'waiting' && one.taken.login.stage === stage);
  const primaryAsked = (took: readonly Event[]): boolean =>
    happened(took, (one) => one.kind === 'primary' && one.result.kind === 'challenge');
  const codeAccepted = (took: readonly Event[]): boolean =>
    happened(took, (one) => one.kind === 'attempted' && ['accepted', 'code-only-right'].includes(one.output.outcome));
  /** What the one rule there is comes to, told by the client's own key where there is none. */
  const decided = (own: LoginFacts, of: Identity): Pick<ReturnType<typeof decide>, 'kind'> => {
    const [rule] = own.policies;
    if (!rule || (own.credential === 'vouched' && (rule.decision === 'allow' || rule.unenrolled === 'allow')))
      return decide(own.factorRule, of);
    if (rule.decision === 'deny') return { kind: 'deny' };
    if (rule.decision === 'allow') return decide('none', of);
    return decide(rule.unenrolled === 'allow' ? 'if-enrolled' : 'required', of);
  };
  const skipped = (own: LoginFacts, took: readonly Event[]): boolean =>
    happened(took, (one) => {
      if (one.kind !== 'identified') return false;
      if (decided(own, one.identity).kind === 'skip') return true;
      // A bypass that another login has spent leaves what the rule says without it.
      const without = one.identity.kind === 'known' ? { ...one.identity, bypassId: null } : one.identity;
      return happened(took, (each) => each.kind === 'bypass') && decided(own, without).kind === 'skip';
    });

  const approved = (took: readonly Event[]): boolean =>
    happened(took, (one) => one.kind === 'approval' && one.answer.kind === 'approved') &&
    happened(took, ({ kind }) => kind === 'recorded');

  const bypassed = (own: LoginFacts, took: readonly Event[]): boolean =>
    happened(took, (one) => one.kind === 'identified' && decided(own, one.identity).kind === 'bypass') &&
    happened(took, (one) => one.kind === 'bypass' && one.used);

  const isAppPasswordOf = ({ password, append }: LoginFacts): boolean => {
    const typed = password?.toString() ?? '';
    return typed === appPassword || (append !== undefined && wrapped.includes(typed));
  };

  it('no sequence of events leads to an accept without a right password and a right code, a spent bypass, an approval, or an explicit skip; but for the lines of an ACL', () => {
    let accepts = 0;
    let bypasses = 0;
    let approvals = 0;
    let downloads = 0;
    fc.assert(
      fc.property(facts, events, (own, sequence) => {
        const { took, verdict } = run(own, sequence);
        if (verdict?.kind !== 'accept') return;
        accepts++;
        // A login that was taken had its password accepted before it was put: nothing else puts one.
        const typed = own.password?.toString() ?? '';
        const isSplit = typed === 'wonderland,123456' || (typed === wrapped[0] && !own.appPasswords);
        const hasCode = own.append !== undefined && !own.isAnswer && isSplit;
        const byCode = (loginTaken(took, 'factor') || (primaryOk(took) && hasCode)) && codeAccepted(took);
        const bySkip = primaryOk(took) && skipped(own, took) && happened(took, ({ kind }) => kind === 'recorded');
        const byBypass = primaryOk(took) && bypassed(own, took);
        const byApproval = (primaryOk(took) || loginTaken(took, 'factor')) && approved(took);
        const byMemory =
          own.remembers &&
          primaryOk(took) &&
          own.credential !== 'vouched' &&
          took.some((one) => one.kind === 'recalled' && one.remembered);
        const byOutage =
          own.policies.some(({ opensOnOutage }) => opensOnOutage) &&
          primaryOk(took) &&
          own.credential !== 'vouched' &&
          took.some((one) => one.kind === 'sent' && one.output.kind === 'outage');
        const byCodeAlone =
          own.policies.some(({ decision }) => decision === 'code-only') &&
          own.credential === 'prompt' &&
          !own.isAnswer &&
          !happened(took, ({ kind }) => kind === 'primary') &&
          happened(took, (one) => one.kind === 'attempted' && one.output.outcome === 'code-only-right');
        const byOwn =
          own.appPasswords &&
          isAppPasswordOf(own) &&
          own.credential === 'prompt' &&
          !own.isAnswer &&
          took.some((one) => one.kind === 'app-password' && one.outcome === 'app-password-right');
        if (byOwn) expect(happened(took, ({ kind }) => kind === 'primary')).to.equal(false);
        const byAcl =
          own.aclDownload === 'signed' && primaryOk(took) && happened(took, ({ kind }) => kind === 'recorded');
        if (own.aclDownload !== null || verdict.outcome === 'acl-downloaded') {
          expect([byAcl, verdict.outcome, verdict.granted], JSON.stringify(took)).to.deep.equal([
            true,
            'acl-downloaded',
            [aclLine],
          ]);
          expect(happened(took, ({ kind }) => kind === 'identified' || kind === 'attempted')).to.equal(false);
          downloads++;
          return;
        }
        if (byBypass) bypasses++;
        if (byApproval) approvals++;
        if (own.credential === 'vouched') expect(byBypass || byApproval, JSON.stringify(took)).to.equal(true);
        expect(own.isLoop).to.equal(false);
        expect(
          byCode || bySkip || byBypass || byApproval || byOwn || byMemory || byOutage || byCodeAlone,
          JSON.stringify(took),
        ).to.equal(true);
        expect(happened(took, ({ kind }) => kind === 'store-failed')).to.equal(false);
      }),
      { numRuns: 8_000 },
    );
    expect(accepts, 'accepts among the runs').to.be.above(100);
    expect(bypasses, 'bypasses among them').to.be.above(3);
    expect(approvals, 'approvals among them').to.be.above(0);
    expect(downloads, 'ACLs among them').to.be.above(3);
  });

  it('no application password goes to a primary, whatever stands beside it', () => {
    let looked = 0;
    fc.assert(
      fc.property(facts, events, fc.constantFrom(appPassword, ...wrapped), (some, sequence, typed) => {
        const asked = { credential: 'prompt', isAnswer: false, aclDownload: null, appPasswords: true } as const;
        const append = typed === appPassword ? some.append : byComma;
        const { took } = run({ ...some, ...asked, append, password: Buffer.from(typed) }, sequence);
        if (happened(took, ({ kind }) => kind === 'app-password')) looked++;
        expect(happened(took, ({ kind }) => kind === 'primary')).to.equal(false);
      }),
      { numRuns: 1_000 },
    );
    expect(looked, 'application passwords among the runs').to.be.above(100);
  });

  it('nothing is put before the password or the previous code was checked', () => {
    let challenges = 0;
    fc.assert(
      fc.property(facts, events, (own, sequence) => {
        const { took, verdict } = run(own, sequence);
        if (verdict?.kind !== 'challenge') return;
        challenges++;
        const asked = primaryOk(took) || primaryAsked(took) || loginTaken(took, 'factor');
        expect(asked, JSON.stringify(took)).to.equal(true);
      }),
      { numRuns: 3_000 },
    );
    expect(challenges, 'challenges among the runs').to.be.above(10);
  });

  it('a disabled user is never let in, bypass or not', () => {
    fc.assert(
      fc.property(facts, events, (own, sequence) => {
        const { took, verdict } = run(own, sequence);
        if (!happened(took, (one) => one.kind === 'identified' && 'disabled' in one.identity && one.identity.disabled))
          return;
        if (verdict) expect(verdict.kind, JSON.stringify(took)).to.be.oneOf(['reject', 'silence']);
      }),
      { numRuns: 3_000 },
    );
  });

  it('who is enrolled is let in by no exemption for who is not', () => {
    let met = 0;
    fc.assert(
      fc.property(facts, events, (own, sequence) => {
        const { took, verdict } = run(own, sequence);
        const known = took.find((one) => one.kind === 'identified');
        if (known?.identity.kind !== 'known' || !known.identity.enrolled) return;
        if (known.identity.methods.length === 0) met++;
        expect(verdict?.outcome, JSON.stringify(took)).not.to.be.oneOf([
          'not-enrolled-allowed',
          'not-enrolled-by-policy',
        ]);
      }),
      { numRuns: 3_000 },
    );
    expect(met, 'among the runs, who has no method but is enrolled').to.be.above(5);
  });

  it('an answer is never tried as a password, but by the primary that asked; and a password never takes a login', () => {
    fc.assert(
      fc.property(facts, events, (own, sequence) => {
        const { took } = run(own, sequence);
        const asked = happened(took, ({ kind }) => kind === 'primary');
        if (own.isAnswer && asked) expect(loginTaken(took, 'primary'), JSON.stringify(took)).to.equal(true);
        if (!own.isAnswer) expect(happened(took, ({ kind }) => kind === 'taken')).to.equal(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('who a person is, is asked of names of one realm alone', () => {
    let ofRealm = 0;
    const named = ['alice', 'alice@corp', 'CORP\\alice', 'bob@other'];
    fc.assert(
      fc.property(facts, fc.subarray(named), fc.boolean(), (own, names, askedNameProven) => {
        const result = proven({ names, askedNameProven });
        const next = step(own, { at: 'primary', settled: undefined, tail: undefined }, { kind: 'primary', result });
        if ('verdict' in next || next.effect.kind !== 'identify') return;
        const { proven: known, asked } = next.effect.names;
        const found = new Set([...known, ...(asked ? [asked] : [])].map(({ folded }) => suffixOf(own.realms, folded)));
        expect([...found]).to.deep.equal([own.realm]);
        if (own.realm !== undefined) ofRealm++;
      }),
      { numRuns: 2_000 },
    );
    expect(ofRealm).to.be.above(50);
  });

  it('nobody is let in under a name that nothing proves', () => {
    fc.assert(
      fc.property(facts, events, (own, sequence) => {
        const { took, verdict } = run(own, sequence);
        const unproven = happened(
          took,
          (one) =>
            one.kind === 'primary' &&
            one.result.kind === 'ok' &&
            one.result.person.names.length === 0 &&
            !one.result.person.askedNameProven,
        );
        if (unproven && verdict) expect(verdict.kind, JSON.stringify(took)).to.be.oneOf(['reject', 'silence']);
      }),
      { numRuns: 3_000 },
    );
  });

  it('a password is changed for those only of whom no factor is asked', () => {
    fc.assert(
      fc.property(facts, events, (some, sequence) => {
        const own = { ...some, credential: 'change' as const, aclDownload: null };
        const { took } = run(own, sequence);
        const asked = took.findIndex(({ kind }) => kind === 'primary');
        const owner = took.find((one) => one.kind === 'identified');
        if (asked === -1) return;
        expect(owner && decided(own, owner.identity).kind, JSON.stringify(took)).to.equal('skip');
      }),
      { numRuns: 3_000 },
    );
  });

  it('nothing leaves that does not fit its reply', () => {
    fc.assert(
      fc.property(facts, events, (own, sequence) => {
        const { took, verdict } = run(own, sequence);
        if (verdict?.kind !== 'accept') return;
        expect(lengthOnHop(verdict.granted), JSON.stringify(took)).to.be.at.most(own.room);
      }),
      { numRuns: 3_000 },
    );
  });

  it('a verdict is what its outcome says in the table', () => {
    fc.assert(
      fc.property(facts, events, (own, sequence) => {
        const { verdict } = run(own, sequence);
        if (verdict) expect(verdict.kind).to.equal(outcomes[verdict.outcome].verdict);
      }),
      { numRuns: 3_000 },
    );
  });
});
