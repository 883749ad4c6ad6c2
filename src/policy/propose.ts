/** What a `[[client]]` is set to, as far as a proposal may change it. */
export interface ClientSettings {
  readonly messageAuthenticator: 'require' | 'auto' | 'off';
  readonly challenge: boolean;
  readonly append: 'off' | 'code-last' | 'code-first';
  readonly proxy: boolean;
  /** Milliseconds. */
  readonly deadline: number;
}

/** What proposals go by; see Habits. */
export interface SeenHabits {
  readonly requests: number;
  readonly signed: number;
  readonly unsigned: number;
  readonly proxied: number;
  readonly challenges: number;
  readonly answers: number;
  readonly mostCopies: number;
  readonly longestGap: number;
  readonly longestWait: number;
  readonly longestOpen: number;
}

/** A key of radius.conf and what it should be, or null where something is to be done elsewhere; and why. */
export interface Proposal {
  readonly key: string | null;
  readonly value: string | boolean | null;
  readonly why: string;
}

/** Requests or questions below which nothing is concluded. */
const enough = 20;
/** How far a deadline may be off before it is worth a word, in milliseconds. */
const tolerance = 1_500;

/**
 * When the client gives up, as its copies tell, in milliseconds: the last one comes a longest gap before. Undefined as long as no request was open for
 * longer than that, since more copies could have followed.
 */
export function givesUpAfter({ mostCopies, longestGap, longestWait, longestOpen }: SeenHabits): number | undefined {
  if (mostCopies === 0 || longestWait === 0) return undefined;
  const end = longestWait + longestGap;
  return longestOpen >= end + tolerance ? end : undefined;
}

/** What should be set otherwise, by what was seen. Nothing here makes anything less safe: what only opens is left to the administrator. */
export function propose(settings: ClientSettings, seen: SeenHabits): Proposal[] {
  return [
    ...authenticator(settings, seen),
    ...challenge(settings, seen),
    ...proxy(settings, seen),
    ...deadline(settings, seen),
  ];
}

function authenticator({ messageAuthenticator }: ClientSettings, { signed, unsigned }: SeenHabits): Proposal[] {
  if (messageAuthenticator !== 'require' && signed >= enough && unsigned === 0)
    return [
      {
        key: 'message_authenticator',
        value: 'require',
        why: `all ${signed} requests had a Message-Authenticator: required, none can be forged`,
      },
    ];
  if (unsigned > 0 && (messageAuthenticator === 'require' || signed > 0))
    return [
      {
        key: null,
        value: null,
        why: `${unsigned} requests had no Message-Authenticator, ${signed} had: turn it on at all devices of this client, or find out who else sends from their addresses`,
      },
    ];
  return [];
}

function challenge(settings: ClientSettings, { challenges, answers }: SeenHabits): Proposal[] {
  if (!settings.challenge || challenges < enough || answers > 0) return [];
  const why = `none of ${challenges} prompts for a code was answered: the device seems to show none`;
  const own: Proposal = { key: 'challenge', value: false, why };
  if (settings.append !== 'off') return [own];
  return [own, { key: 'append', value: 'code-last', why: 'so that codes are typed with the password' }];
}

/** Proxy-State counts on signed requests alone: unsigned it is what a forgery looks like (CVE-2024-3596). */
function proxy(settings: ClientSettings, { requests, proxied, signed }: SeenHabits): Proposal[] {
  if (!settings.proxy && proxied >= enough && proxied >= signed)
    return [
      { key: 'proxy', value: true, why: `all ${proxied} signed requests came through a RADIUS proxy (Proxy-State)` },
    ];
  if (settings.proxy && requests >= enough && signed >= enough && proxied === 0)
    return [{ key: 'proxy', value: false, why: `none of ${signed} signed requests had a Proxy-State` }];
  return [];
}

function deadline(settings: ClientSettings, seen: SeenHabits): Proposal[] {
  const end = givesUpAfter(seen);
  if (end !== undefined && settings.deadline > end + tolerance)
    return [
      {
        key: 'deadline',
        value: inSeconds(end),
        why: `the device seems to give up after ${inSeconds(end)}: what comes later nobody waits for. Better raise its time-out`,
      },
    ];
  if (seen.longestWait > settings.deadline + tolerance)
    return [
      {
        key: 'deadline',
        value: inSeconds(seen.longestWait),
        why: `the device was still waiting after ${inSeconds(seen.longestWait)}: users could have so long to approve`,
      },
    ];
  return [];
}

/** As radius.conf takes it: whole seconds, from 1 to 120. */
function inSeconds(milliseconds: number): string {
  return `${Math.min(120, Math.max(1, Math.floor(milliseconds / 1000)))}s`;
}
