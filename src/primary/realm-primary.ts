import { Type } from '../packet/constants.ts';
import type { Primary, PrimaryRequest, PrimaryResult } from './primary.ts';
import { realmOf, withoutRealm, type Realm } from './realms.ts';

/** Who checks the credential of such a user at a client: by the realm of the name, else the client's own. @param named by the name of a `[[primary]]` */
export function primaryFor(
  realms: readonly Realm[],
  client: { readonly name: string; readonly primary: string },
  userName: Buffer,
  named: (name: string) => Primary,
): Primary {
  const realm = realmOf(realms, client.name, userName);
  const primary = named(realm?.primary ?? client.primary);
  return realm ? new RealmPrimary(primary, realm) : primary;
}

/** The primary of a realm: it may be told the name without the realm, and what it calls the person is a name of that realm. */
export class RealmPrimary implements Primary {
  readonly #inner: Primary;
  readonly #realm: Realm;

  constructor(inner: Primary, realm: Realm) {
    this.#inner = inner;
    this.#realm = realm;
  }

  get name(): string {
    return this.#inner.name;
  }

  async check(request: PrimaryRequest): Promise<PrimaryResult> {
    const result = await this.#inner.check(this.#realm.strip ? stripped(request) : request);
    if (result.kind !== 'ok') return result;
    const names = result.person.names.map((name) => qualified(name, this.#realm.suffix));
    return { ...result, person: { ...result.person, names } };
  }

  /** The primary itself is closed by whoever opened it. */
  async close(): Promise<void> {}
}

/** The proof of EAP and MS-CHAP is made of the name: there it goes as it came. */
function stripped(request: PrimaryRequest): PrimaryRequest {
  const { credential, packet } = request;
  if (credential.kind !== 'pap' && credential.kind !== 'chap') return request;
  const userName = withoutRealm(request.userName);
  const attributes = packet.attributes.map((attribute) =>
    attribute.type === Type.userName ? { type: Type.userName, value: userName } : attribute,
  );
  return { ...request, userName, packet: { ...packet, attributes } };
}

/** A partner's alice is not ours: where the partner does not say whose she is, we do. What it says of another realm the login passes over. */
function qualified(name: Buffer | string, suffix: string): Buffer | string {
  const octets = Buffer.from(name);
  return /[\\/@%]/.test(octets.toString('latin1')) ? name : Buffer.concat([octets, Buffer.from(`@${suffix}`)]);
}
