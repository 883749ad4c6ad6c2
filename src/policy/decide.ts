import type { Way } from './choice.ts';
import type { LockState } from './lockout.ts';
import { sentMethods } from './sent-method.ts';

/** The ways to prove a second factor, in the order in which an answer is held against them. */
export const methods = ['totp', 'hotp', ...sentMethods, 'approval', 'recovery'] as const;
export type Method = (typeof methods)[number];

/** Who a user name stands for in the store. */
export type Identity =
  | {
      readonly kind: 'known';
      readonly userId: string;
      readonly disabled: boolean;
      readonly lock: LockState;
      /** One that an administrator granted and nobody has used. */
      readonly bypassId: string | null;
      /** What the user has to prove himself with, here and now. */
      readonly methods: readonly Method[];
      /** Whether the user has a second factor at all, if one that can't be used here or now. */
      readonly enrolled: boolean;
      /** Whether the user has a phone to approve on, where that is asked. */
      readonly hasDevice: boolean;
      /** Where codes can be sent to, as the store says. */
      readonly phone: string | null;
      readonly email: string | null;
      /** As the user wants to be spoken to, and asked by first. */
      readonly language: string | null;
      readonly preferredWay: Way | null;
      /** As the store says, where they matter. */
      readonly groups: readonly string[];
      /** All names of the user, where they matter. */
      readonly names: readonly string[];
    }
  | { readonly kind: 'unknown' }
  /** Several users answer to it. */
  | { readonly kind: 'ambiguous' }
  /** Not a user's name, but one that a directory could take for it. */
  | { readonly kind: 'lookalike' }
  /** Not a name at all. */
  | { readonly kind: 'invalid' };

export type FactorRule = 'required' | 'if-enrolled' | 'none';

export type Decision =
  | {
      readonly kind: 'skip';
      readonly reason: 'factor-not-required' | 'not-enrolled-allowed' | 'allowed-by-policy' | 'not-enrolled-by-policy';
    }
  | {
      readonly kind: 'deny';
      readonly reason:
        | 'disabled'
        | 'locked'
        | 'paused'
        | 'not-enrolled'
        | 'name-ambiguous'
        | 'name-lookalike'
        | 'name-invalid'
        | 'denied-by-policy'
        | 'method-missing';
    }
  | { readonly kind: 'bypass'; readonly userId: string; readonly bypassId: string }
  | { readonly kind: 'require'; readonly userId: string; readonly methods: readonly Method[] };

/**
 * Whether a login whose password was right needs a second factor. A name that is not exactly one user's is refused before any exemption is
 * looked at: an unusual spelling must never be a way around the factor (CVE-2020-12812).
 */
export function decide(rule: FactorRule, identity: Identity): Decision {
  switch (identity.kind) {
    case 'invalid':
      return { kind: 'deny', reason: 'name-invalid' };
    case 'ambiguous':
      return { kind: 'deny', reason: 'name-ambiguous' };
    case 'lookalike':
      return { kind: 'deny', reason: 'name-lookalike' };
    case 'unknown':
      return withoutMethods(rule);
    case 'known':
      if (identity.disabled) return { kind: 'deny', reason: 'disabled' };
      if (rule === 'none') return { kind: 'skip', reason: 'factor-not-required' };
      // A help desk that grants one has spoken to the user: it goes before a lock.
      if (identity.bypassId !== null) return { kind: 'bypass', userId: identity.userId, bypassId: identity.bypassId };
      if (identity.lock !== 'open') return { kind: 'deny', reason: identity.lock };
      // A factor that can't be used here is no reason to let in on the password alone.
      if (identity.methods.length === 0)
        return identity.enrolled ? { kind: 'deny', reason: 'method-missing' } : withoutMethods(rule);
      return { kind: 'require', userId: identity.userId, methods: identity.methods };
  }
}

function withoutMethods(rule: FactorRule): Decision {
  if (rule === 'none') return { kind: 'skip', reason: 'factor-not-required' };
  if (rule === 'if-enrolled') return { kind: 'skip', reason: 'not-enrolled-allowed' };
  return { kind: 'deny', reason: 'not-enrolled' };
}
