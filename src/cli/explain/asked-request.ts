import { OperatorError } from '../../errors.ts';
import type { Nas } from '../../nas/nas.ts';
import type { AccessRequest, Credential } from '../../packet/access-request.ts';
import { Code, Size, Type } from '../../packet/constants.ts';
import { encodeAttribute } from '../../packet/encode-attribute.ts';
import type { Attribute } from '../../packet/packet.ts';
import { vendorSpecific } from '../../packet/vendor-specific.ts';
import type { Protocol } from '../../policy/policy.ts';

/** What the command says itself, and what would be a credential or an answer. */
const refused = new Set<number>([
  Type.userName,
  Type.userPassword,
  Type.chapPassword,
  Type.arapPassword,
  Type.state,
  Type.eapMessage,
]);

/** An Access-Request that nobody sent: as one of the protocol, with no credential in it. */
export function askedRequest(
  user: string,
  protocol: Protocol,
  isChange: boolean,
  attributes: readonly Attribute[],
): AccessRequest {
  const userName = Buffer.from(user);
  const all = [{ type: Type.userName, value: userName }, ...attributes];
  const none = Buffer.alloc(0);
  const callingStationId = all.find(({ type }) => type === Type.callingStationId)?.value;
  const packet = {
    bytes: none,
    code: Code.accessRequest,
    identifier: 0,
    authenticator: Buffer.alloc(Size.authenticator),
    attributes: all,
    messageAuthenticatorAt: 0,
  };
  const credential: Credential = isChange
    ? { kind: 'ms-chap-change', version: 2, request: none }
    : credentials[protocol](none);
  return { packet, userName, credential, state: undefined, callingStationId };
}

const credentials: Readonly<Record<Protocol, (none: Buffer) => Credential>> = {
  pap: (none) => ({ kind: 'pap', password: none }),
  chap: (none) => ({ kind: 'chap', id: 0, response: none, challenge: none }),
  'ms-chap': (none) => ({ kind: 'ms-chap', version: 2, challenge: none, response: none }),
  eap: (none) => ({ kind: 'eap', message: none }),
  none: () => ({ kind: 'none' }),
};

/** `--attr NAME=VALUE`. @throws OperatorError 'usage' */
export function askedAttribute(typed: string): Attribute {
  const at = typed.indexOf('=');
  if (at < 1) throw new OperatorError('usage', '--attr takes NAME=VALUE, such as Calling-Station-Id=192.0.2.7');
  const attribute = encoded(typed.slice(0, at).trim(), typed.slice(at + 1).trim());
  if (refused.has(attribute.type))
    throw new OperatorError('usage', `--attr takes no ${typed.slice(0, at).trim()}: no credential is looked at`);
  return attribute;
}

function encoded(name: string, value: string): Attribute {
  try {
    return encodeAttribute(name, value);
  } catch (error) {
    throw new OperatorError('usage', `--attr: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** The attributes by which a recorded login told the user's device. */
export function recordedDevice(
  nas: Nas,
  {
    callingStationId,
    device,
  }: { readonly callingStationId: string | null; readonly device?: string | null | undefined },
): Attribute[] {
  const calling =
    callingStationId === null ? [] : [{ type: Type.callingStationId, value: Buffer.from(callingStationId) }];
  const { deviceAttribute: own } = nas;
  if (device === null || device === undefined || !own) return calling;
  const value = Buffer.from(device);
  if (own.vendor === 0) return own.type === Type.callingStationId ? calling : [...calling, { type: own.type, value }];
  return [...calling, vendorSpecific({ ...own, value })];
}
