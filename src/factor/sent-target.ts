import { maskAddress, maskNumber, readPhoneNumber, withoutExtension } from '../deliver/phone-number.ts';
import { isMailAddress } from '../policy/mail-address.ts';
import { mayCall, type SendingRules } from '../policy/sending.ts';
import type { SentMethod } from '../policy/sent-method.ts';

/** Numbers and addresses of one person, in the order in which they are to be used; null is none. */
export interface Contacts {
  readonly phones: readonly (string | null)[];
  readonly emails: readonly (string | null)[];
}

/** No number or address, none that can be one, or none where messages may go. */
export type NoTarget = 'none' | 'invalid' | 'not-allowed';

export type Target =
  | { readonly kind: 'target'; readonly to: string; readonly extension: string | null; readonly masked: string }
  | { readonly kind: 'none'; readonly why: NoTarget };

/** Where a user's messages go by a method: the first number or address that is one and allowed. */
export function findTarget(
  method: SentMethod,
  contacts: { readonly store: Contacts; readonly directory: Contacts | undefined },
  order: readonly ('store' | 'directory')[],
  rules: Pick<SendingRules, 'allow' | 'deny'>,
): Target {
  let why: NoTarget = 'none';
  for (const source of order) {
    const found = contacts[source];
    for (const candidate of (method === 'email' ? found?.emails : found?.phones) ?? []) {
      if (candidate === null || candidate.trim() === '') continue;
      const target = method === 'email' ? mailTo(candidate.trim()) : callTo(candidate, method, rules);
      if (target.kind === 'target') return target;
      if (why !== 'not-allowed') ({ why } = target);
    }
  }
  return { kind: 'none', why };
}

/** The methods by which a user can be reached, of those that messages can be sent by. */
export function reachableBy(
  methods: readonly SentMethod[],
  ...about: Parameters<typeof findTarget> extends [SentMethod, ...infer Rest] ? Rest : never
): SentMethod[] {
  return methods.filter((method) => findTarget(method, ...about).kind === 'target');
}

function mailTo(address: string): Target {
  if (!isMailAddress(address)) return { kind: 'none', why: 'invalid' };
  return { kind: 'target', to: address, extension: null, masked: maskAddress(address) };
}

function callTo(typed: string, method: SentMethod, rules: Pick<SendingRules, 'allow' | 'deny'>): Target {
  const read = readPhoneNumber(typed);
  if (read.kind === 'none') return { kind: 'none', why: 'invalid' };
  const to = withoutExtension(read.number);
  if (!mayCall(to, rules)) return { kind: 'none', why: 'not-allowed' };
  // A text message reaches no extension.
  if (method === 'sms') return { kind: 'target', to, extension: null, masked: maskNumber(to) };
  return { kind: 'target', to, extension: read.number.split(';ext=')[1] ?? null, masked: maskNumber(read.number) };
}
