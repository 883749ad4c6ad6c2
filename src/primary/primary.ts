import type { UpstreamFigures } from '../figures/upstream.ts';
import type { Credential } from '../packet/access-request.ts';
import type { Granted } from '../packet/granted.ts';
import type { Packet } from '../packet/packet.ts';
import type { NameRealms } from '../policy/name-realms.ts';
import type { TracedLogin } from '../trace/traced-login.ts';

/** A first credential to be checked. Everything is bytes as the NAS sent them. */
export interface PrimaryRequest {
  readonly userName: Buffer;
  readonly credential: Credential;
  /** The whole request, for those primaries that pass it on. */
  readonly packet: Packet;
  /** The name of the client that it came from. */
  readonly client: string;
  /** By which names are told apart there; undefined where there are none. */
  readonly realms: NameRealms | undefined;
  /** When the NAS gives up, on the monotonic clock, in milliseconds. */
  readonly deadline: number;
  /** The question that this request answers, if this primary asked one. */
  readonly conversation: Conversation | undefined;
  /** For those who follow the login, if any do. */
  readonly traced?: TracedLogin | undefined;
}

/** What a primary that asks a question needs to know again when the answer comes: it waits with the login. */
export interface Conversation {
  /** Which of its servers asked: only that one knows the rest of the conversation. */
  readonly server: string;
  /** The server's own State (RFC 2865 §5.24), if it sent one. */
  readonly state: Buffer | undefined;
  /** Questions so far. */
  readonly rounds: number;
}

/** What a primary knows of the person who proved a credential. */
export interface Person {
  /** Its own names for the person, each proven with the credential: they decide which user of radgate it is. Empty if it says none. */
  readonly names: readonly (Buffer | string)[];
  /** Whether the name in the request is proven too. Outside a tunnel of EAP it is anything (RFC 5281 §7.3). */
  readonly askedNameProven: boolean;
  /** Groups by every name that policies may know them by, nested ones included. */
  readonly groups: readonly string[];
  readonly phone: string | null;
  readonly email: string | null;
  /** What rules give back of the directory, by its names in lower case, as octets. */
  readonly attributes: ReadonlyMap<string, readonly Buffer[]>;
}

/** Why a primary of radgate's own refused; an upstream's refusal speaks for itself. */
export type Refusal =
  | 'password-wrong'
  | 'account-disabled'
  | 'account-expired'
  | 'account-locked'
  | 'account-restricted'
  | 'password-expired'
  | 'not-in-group';

export type PrimaryResult =
  | { readonly kind: 'ok'; readonly granted: readonly Granted[]; readonly person: Person }
  /** `relayed` is what an upstream's refusal carried; else the refusal is radgate's own, `why` for the log alone. */
  | { readonly kind: 'bad'; readonly relayed: readonly Granted[] }
  | { readonly kind: 'bad'; readonly relayed: undefined; readonly reason: Refusal; readonly why?: string }
  /** It asks a question of its own, with these attributes. */
  | { readonly kind: 'challenge'; readonly relayed: readonly Granted[]; readonly conversation: Conversation }
  /** It can't check this kind of credential; `why` says what to do about it. */
  | { readonly kind: 'unsupported'; readonly why: string }
  /** `why` is for the log: which server, what was tried. `asked`: whether a server may have seen the password, and counted it. */
  | { readonly kind: 'unreachable'; readonly why: string; readonly asked: boolean };

/** Where the first credential is checked: one file per kind. It answers by the deadline and never throws. */
export interface Primary {
  readonly name: string;
  readonly check: (request: PrimaryRequest) => Promise<PrimaryResult>;
  /** What is known of its servers; absent if it has none. */
  readonly upstreams?: readonly UpstreamFigures[];
  readonly close: () => Promise<void>;
}

/** A person of whom a primary knows nothing but that the name in the request is right. */
export const asAsked: Person = {
  names: [],
  askedNameProven: true,
  groups: [],
  phone: null,
  email: null,
  attributes: new Map(),
};
