import type { Spent } from '../audit/audit.ts';
import { deviceOf } from '../nas/device-of.ts';
import { digestOf } from '../hmac.ts';
import type { Nas } from '../nas/nas.ts';
import type { AccessRequest } from '../packet/access-request.ts';
import { printable } from '../packet/printable.ts';
import type { Method } from '../policy/decide.ts';
import type { NameRealms } from '../policy/name-realms.ts';
import type { Primary } from '../primary/primary.ts';
import type { TracedLogin } from '../trace/traced-login.ts';
import type { WaitingLogin } from './waiting.ts';

/** A verified, decoded request, and whose it is. */
export interface Incoming {
  readonly nas: Nas;
  /** Source address, canonical. */
  readonly address: string;
  readonly request: AccessRequest;
  /** Whether a Message-Authenticator vouches for it. */
  readonly authentic: boolean;
  /** When it came, on the monotonic clock, in milliseconds. */
  readonly received: number;
  /** The address and port of this host that it came to. */
  readonly server?: string | undefined;
  /** For those who follow it, if any do. */
  readonly traced?: TracedLogin | undefined;
}

/** One request on its way: what it was, and what has become known of it. */
export interface Journey extends Incoming {
  readonly primary: Primary;
  /** By which names are told apart at the client; undefined where there are none. */
  readonly realms: NameRealms | undefined;
  /** As the audit and the log tell it. */
  asked: WaitingLogin['asked'];
  loginId: string;
  /** Whether a rule asks for the code alone, and no primary is asked. */
  alone: boolean;
  /** Whether it took a waiting login: that one is told the verdict, and no other request's. */
  took: boolean;
  /** The device of the request that began the login; null if nothing told it. */
  firstDevice: string | null;
  /** Whether its answer was counted: then that login has one attempt less, whatever follows. */
  counted: boolean;
  /** The `[[policy]]` that decided. */
  rule: string | null;
  /** The factor that was asked or proven, for the figures; of a wrong code it is not known which. */
  factor: Method | 'code' | 'app-password' | 'none';
  /** The primary's own words on why it could not answer. */
  trouble: string | undefined;
  /** Where its time went until now. */
  readonly spent: { -readonly [Where in keyof Spent]: Spent[Where] };
}

const none = Buffer.alloc(0);

/** As the audit and the log tell a request. */
export function askedIn({ nas, address, server, request }: Incoming, primary: Primary): WaitingLogin['asked'] {
  return {
    protocol: request.credential.kind,
    application: nas.application,
    device: deviceOf(request.packet, nas.deviceAttribute),
    serverAddress: server ?? null,
    userName: printable(request.userName ?? none),
    client: nas.name,
    clientAddress: address,
    callingStationId: request.callingStationId ? printable(request.callingStationId) : null,
    primary: primary.name,
  };
}

/** A challenge's answer must come from the same client, name the same user, and be in EAP if the question was. */
export function bindingOf({ nas, request }: Incoming): Buffer {
  const by = `${nas.name.length} ${nas.name} ${request.credential.kind === 'eap' ? 'eap' : 'other'} `;
  return digestOf('sha256', Buffer.concat([Buffer.from(by), request.userName ?? none]));
}

export function passwordOf({ credential }: AccessRequest): Buffer {
  return credential.kind === 'pap' ? credential.password : none;
}

/** By what the same answer is known again. */
export function proofOf({ credential }: AccessRequest): Buffer {
  switch (credential.kind) {
    case 'pap':
      return credential.password;
    case 'eap':
      return credential.message;
    case 'chap':
    case 'ms-chap':
      return Buffer.concat([credential.challenge, credential.response]);
    case 'ms-chap-change':
      return credential.request;
    case 'arap':
    case 'malformed':
    case 'none':
      return none;
  }
}
