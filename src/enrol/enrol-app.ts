import { checkTotp } from '../factor/totp.ts';
import { tokenById } from '../factor/oath-token.ts';
import type { Windows } from '../factor/factor.ts';
import { typedCode } from '../factor/typed-code.ts';
import { newTokenName } from '../store/new-token-name.ts';
import type { Transaction } from '../store/store.ts';
import { tokenOwner } from '../store/token-owner.ts';
import {
  auditStep,
  countWrong,
  holdEnrolment,
  replaceTokens,
  type Gone,
  type HasFactor,
  type Step,
} from './enrolment.ts';

export interface BeginApp extends Step {
  /** Random, of the new token. */
  readonly id: string;
  /** 20 random octets: as long as SHA-1 gives (RFC 6238 §5.1), which every app knows. */
  readonly key: Buffer;
}

/** Gives the user a token that is pending until its first code; the one that this link made before stays. */
export const beginEnrolApp: Transaction<BeginApp, { readonly kind: 'begun' | 'done' } | Gone | HasFactor> = {
  name: 'begin-enrol-app',
  access: 'write',
  run: async (context, step) => {
    const enrolment = await holdEnrolment(context, step);
    if ('kind' in enrolment) return enrolment;
    const { sql, seal } = context;
    const { user, tokenId } = enrolment;
    if (enrolment.appDone) return { kind: 'done' };
    if (tokenId !== null) return { kind: 'begun' };
    const { id, key, now } = step;
    const name = await newTokenName(context, user, { name: null, fallback: 'totp', key });
    await sql.run(
      `INSERT INTO tokens (id, user_id, type, name, secret, algorithm, digits, period, state, counter, created_at)
       VALUES (?, ?, 'totp', ?, ?, 'sha1', 6, 30, 'pending', 0, ?)`,
      id,
      user.id,
      name,
      seal.close(key, tokenOwner(id)),
      now,
    );
    await sql.run('UPDATE enrolments SET token_id = ? WHERE digest = ?', id, enrolment.digest);
    await auditStep(context, step, enrolment, { method: 'totp', result: 'change', reason: `enrol-app-begun: ${name}` });
    return { kind: 'begun' };
  },
};

export interface ConfirmApp extends Step {
  /** The code as typed. */
  readonly answer: Buffer;
  readonly windows: Windows;
}

/** What came of a first code. `left`: how many more wrong ones the link takes. */
export type Confirmed =
  | { readonly kind: 'done' | 'not-begun' }
  | { readonly kind: 'wrong' | 'used'; readonly left: number }
  | Gone
  | HasFactor;

/**
 * The first code of the link's own token, which becomes active by it: that of no other token counts. Where the link replaces what there was, the user's
 * other tokens go at that moment and not before.
 */
export const confirmEnrolApp: Transaction<ConfirmApp, Confirmed> = {
  name: 'confirm-enrol-app',
  access: 'write',
  run: async (context, step) => {
    const enrolment = await holdEnrolment(context, step);
    if ('kind' in enrolment) return enrolment;
    const { sql } = context;
    if (enrolment.appDone) return { kind: 'done' };
    const token = enrolment.tokenId === null ? undefined : await tokenById(context, enrolment.tokenId);
    if (!token) return { kind: 'not-begun' };
    const code = typedCode(step.answer, token, context.seal);
    const { kind } = code === undefined ? { kind: 'wrong' as const } : await checkTotp(context, token, code, step);
    if (kind !== 'right') {
      const left = await countWrong(context, step, enrolment, 'totp');
      return left === 0 ? { kind: 'gone', why: 'too-often' } : { kind, left };
    }
    const replaced = await replaceTokens(sql, { ...enrolment, appDone: true });
    const reason = replaced > 0 ? `enrol-app-confirmed: ${replaced} token(s) replaced` : 'enrol-app-confirmed';
    await auditStep(context, step, enrolment, { method: 'totp', result: 'change', reason });
    return { kind: 'done' };
  },
};
