import type { Credential } from '../../src/packet/access-request.ts';
import type { Granted } from '../../src/packet/granted.ts';
import type { Attribute } from '../../src/packet/packet.ts';
import type { NameRealms } from '../../src/policy/name-realms.ts';
import { asAsked, type Conversation, type PrimaryRequest, type PrimaryResult } from '../../src/primary/primary.ts';

/** What a primary answers that knows nothing but that the password is right. */
export function provenAsAsked(granted: readonly Granted[] = []): PrimaryResult {
  return { kind: 'ok', granted, person: asAsked };
}

/** A primary's own refusal. */
export const wrongPassword: PrimaryResult = { kind: 'bad', relayed: undefined, reason: 'password-wrong' };

export interface PrimaryRequestOf {
  readonly user?: string | Buffer;
  /** Of a PAP request; `credential` for others. */
  readonly password?: string | Buffer;
  readonly credential?: Credential;
  readonly attributes?: readonly Attribute[];
  readonly authenticator?: Buffer;
  readonly client?: string;
  readonly realms?: NameRealms;
  readonly deadline: number;
  readonly conversation?: Conversation;
}

/** What the login asks a primary. */
export function primaryRequest(own: PrimaryRequestOf): PrimaryRequest {
  const { user = 'alice', password = 'right', attributes = [], client = 'vpn', deadline, conversation } = own;
  return {
    userName: Buffer.from(user),
    credential: own.credential ?? { kind: 'pap', password: Buffer.from(password) },
    packet: {
      bytes: Buffer.alloc(20),
      code: 1,
      identifier: 1,
      authenticator: own.authenticator ?? Buffer.alloc(16, 7),
      attributes,
      messageAuthenticatorAt: 0,
    },
    client,
    realms: own.realms,
    deadline,
    conversation,
  };
}

/** An upstream that asks a question of its own. */
export function challengedWith(relayed: readonly Granted[]): PrimaryResult {
  const conversation = { server: '192.0.2.5:1812', state: Buffer.from('theirs'), rounds: 1 };
  return { kind: 'challenge', relayed, conversation };
}
