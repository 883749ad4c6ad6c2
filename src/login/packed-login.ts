import type { WaitingLogin } from './waiting.ts';

/** A waiting login as JSON in UTF-8, an octet for each character: a third of what its objects take, and one thing for the garbage collector to look at. */
export type PackedLogin = string;

/** Octets as base64; for the compiler to see that none is left out. */
type WithText<T> = T extends Buffer
  ? string
  : T extends readonly (infer One)[]
    ? readonly WithText<One>[]
    : T extends object
      ? { readonly [Key in keyof T]: WithText<T[Key]> }
      : T;

export function packLogin(login: WaitingLogin): PackedLogin {
  const text: WithText<WaitingLogin> =
    login.stage === 'factor'
      ? { ...login, granted: login.granted.map((one) => ({ ...one, value: one.value.toString('base64') })) }
      : { ...login, conversation: { ...login.conversation, state: login.conversation.state?.toString('base64') } };
  return Buffer.from(JSON.stringify(text)).toString('latin1');
}

export function unpackLogin(packed: PackedLogin): WaitingLogin {
  const text = JSON.parse(Buffer.from(packed, 'latin1').toString()) as WithText<WaitingLogin>;
  if (text.stage === 'factor')
    return { ...text, granted: text.granted.map((one) => ({ ...one, value: Buffer.from(one.value, 'base64') })) };
  const { state } = text.conversation;
  const conversation = { ...text.conversation, state: state === undefined ? state : Buffer.from(state, 'base64') };
  return { ...text, conversation };
}
