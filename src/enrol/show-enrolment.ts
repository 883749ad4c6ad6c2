import { octets } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import { tokenOwner } from '../store/token-owner.ts';
import { maskNumber } from '../deliver/phone-number.ts';
import { findEnrolment, type Enrolment, type Existing, type Gone, type HasFactor, type Step } from './enrolment.ts';

/** What the page of an open link shows. */
export interface OpenEnrolment {
  readonly kind: 'open';
  readonly userName: string;
  readonly language: string | null;
  readonly existing: Existing;
  /** Milliseconds since 1970 UTC. */
  readonly expires: number;
  /** The app: its key as long as no code of it was typed. */
  readonly app: { readonly state: 'none' | 'done' } | { readonly state: 'pending'; readonly key: Buffer };
  /** The phone. `kept`: there is a number that this link may not replace. */
  readonly phone:
    | { readonly state: 'none' | 'kept' }
    | { readonly state: 'sent'; readonly number: string; readonly method: 'sms' | 'voice' }
    | { readonly state: 'done'; readonly target: string };
  /** A phone to decide on: `pending` while an address by which to set it up is good. */
  readonly device: 'none' | 'pending' | 'done';
}

/** What a link stands for. It changes nothing, so that a preview of the link doesn't either. */
export const showEnrolment: Transaction<Step, OpenEnrolment | Gone | HasFactor> = {
  name: 'show-enrolment',
  access: 'read',
  run: async (context, step) => {
    const found = await findEnrolment(context, step);
    if ('kind' in found) return found;
    const { sql, seal } = context;
    const { user, existing, expires, tokenId, appDone, deviceId, deviceUntil } = found;
    const token =
      tokenId === null || appDone ? undefined : await sql.get('SELECT secret FROM tokens WHERE id = ?', tokenId);
    return {
      kind: 'open',
      userName: user.name,
      language: user.language,
      existing,
      expires,
      app:
        token && tokenId !== null
          ? { state: 'pending', key: seal.open(octets(token, 'secret'), tokenOwner(tokenId)) }
          : { state: appDone ? 'done' : 'none' },
      phone: phoneOf(found),
      device: deviceId !== null ? 'done' : deviceUntil !== null && deviceUntil > step.now ? 'pending' : 'none',
    };
  },
};

function phoneOf(enrolment: Enrolment): OpenEnrolment['phone'] {
  const { user, pendingPhone, phoneDone } = enrolment;
  if (phoneDone) return { state: 'done', target: user.phone === null ? '' : maskNumber(user.phone) };
  if (keepsPhone(enrolment)) return { state: 'kept' };
  if (pendingPhone) return { state: 'sent', ...pendingPhone };
  return { state: 'none' };
}

/** Whether the user has a number that this link may not replace: there is one at most. */
export function keepsPhone({ user, phoneDone, existing }: Enrolment): boolean {
  return user.phone !== null && !phoneDone && existing !== 'replace';
}
