import { timingSafeEqual } from 'node:crypto';
import type { Seal } from '../store/seal.ts';
import { pinOwner } from '../store/token-owner.ts';
import type { OathToken } from './oath-token.ts';

/**
 * The code in what was typed for a token: its last digits, and before them the PIN if the token has one. Blanks are ignored, since apps show "123 456".
 * @returns undefined if it can't be this token's: wrong length, not digits, wrong PIN
 */
export function typedCode(typed: Buffer, { id, digits, pin }: OathToken, seal: Seal): string | undefined {
  const text = typed.toString('utf8').replaceAll(' ', '');
  const code = text.slice(-digits);
  if (code.length !== digits || !/^[0-9]+$/.test(code)) return undefined;
  const before = text.slice(0, -digits);
  if (pin === null) return before === '' ? code : undefined;
  return timingSafeEqual(pin, seal.digest(Buffer.from(before), pinOwner(id))) ? code : undefined;
}
