import type { AuditRow } from '../audit/audit.ts';
import type { Granted } from '../packet/granted.ts';
import type { Method } from '../policy/decide.ts';
import type { Conversation } from '../primary/primary.ts';
import type { Asking } from './prompts.ts';
import type { Verdict } from './verdict.ts';

/** The primary has accepted: the user was asked for a second factor. */
export interface AtFactor {
  readonly stage: 'factor';
  readonly userId: string;
  readonly methods: readonly Method[];
  /** What the final Accept carries: what the primary granted, as the rule has it. */
  readonly granted: readonly Granted[];
  readonly attemptsLeft: number;
  readonly asking: Asking;
  /** The `[[policy]]` that asked for it, if one did. */
  readonly rule?: string;
  /** Whether that rule lets in if nothing can be sent. */
  readonly opensOnOutage?: true;
}

/** The primary asked a question of its own: an EAP round, a change of password, its own token. */
export interface AtPrimary {
  readonly stage: 'primary';
  readonly conversation: Conversation;
}

/** A login between two requests: what is known once its challenge was sent. The password is gone by now. */
export type WaitingLogin = (AtFactor | AtPrimary) & {
  readonly loginId: string;
  /** That which brought the first request, whoever answers since; null if nothing told it. */
  readonly firstDevice: string | null;
  /** Who asked, for the log line and the audit row of a challenge that nobody answers. */
  readonly asked: {
    readonly userName: string;
    readonly client: string;
    readonly clientAddress: string;
    readonly callingStationId: string | null;
    readonly primary: string;
  } & Pick<AuditRow, 'protocol' | 'application' | 'device' | 'serverAddress'>;
};

export type Taken =
  /** It waited, and is the taker's alone now. */
  | { readonly kind: 'waiting'; readonly login: WaitingLogin }
  /** The same answer was taken before and is being checked. */
  | { readonly kind: 'pending' }
  /** The same answer was taken before and came to this, within the last 10 s. */
  | { readonly kind: 'answered'; readonly verdict: Verdict }
  /** Never given out, used, expired, or another client's or user's. */
  | { readonly kind: 'unknown' };

/** How long a verdict is given again to the same answer, in milliseconds: a NAS that tries its next port or server. */
export const answeredFor = 10_000;

/** Logins of one user that wait at once, at most: who knows one password must not take everyone's room. */
export const maxPerUser = 20;

/** Of all that may wait, those at their primary: in EAP anyone may begin one, and must not take the room of those who proved a password. */
export const shareAtPrimary = 0.5;

/** Whom a waiting login counts against: the user, and where none is known yet, who asks, as far as that can be told. */
export function ownerOf(login: WaitingLogin): string {
  if (login.stage === 'factor') return login.userId;
  const { client, callingStationId, userName } = login.asked;
  return JSON.stringify([client, callingStationId, userName]);
}

/** The octets of a State: 128 random bits (NIST SP 800-63B-4 asks 64 of a session's secret). */
export const handleSize = 16;

/**
 * Logins that wait for an answer, under a random handle that travels as State (RFC 2865 §5.24). Each is taken once. `binding` is what the answer must
 * have in common with the question (client and user); another's attempt neither sees nor spends it.
 */
export interface WaitingLogins {
  /** How many wait, as far as this process knows. */
  readonly size: number;
  /** @returns its handle, or undefined if there is no room, for anyone or for this user */
  put(login: WaitingLogin, binding: Buffer): Promise<Buffer | undefined>;
  /** @param answer what was typed: kept as a keyed digest only, to know the same answer again */
  take(handle: Buffer, binding: Buffer, answer: Buffer): Promise<Taken>;
  /** Says what a taken login came to. */
  settle(handle: Buffer, verdict: Verdict): Promise<void>;
  /** Puts a taken login back: its answer could not be checked. */
  release(handle: Buffer): Promise<void>;
  close(): Promise<void>;
}

export interface WaitingOptions {
  /** How long an answer is awaited, in milliseconds. */
  readonly lifetime: number;
  /** Logins that wait at once, at most. */
  readonly max: number;
  /** Told of each challenge that nobody answered. */
  readonly onAbandoned: (login: WaitingLogin) => void;
}
