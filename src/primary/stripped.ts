import { Type } from '../packet/constants.ts';
import type { Primary, PrimaryRequest, PrimaryResult } from './primary.ts';
import { withoutRealm } from './realms.ts';

/** A primary that is told the name without its realm. */
export class StrippedPrimary implements Primary {
  readonly #inner: Primary;

  constructor(inner: Primary) {
    this.#inner = inner;
  }

  get name(): string {
    return this.#inner.name;
  }

  async check(request: PrimaryRequest): Promise<PrimaryResult> {
    const { credential, packet } = request;
    // The proof of EAP and MS-CHAP is made of the name: it goes as it came.
    if (credential.kind !== 'pap' && credential.kind !== 'chap') return this.#inner.check(request);
    const userName = withoutRealm(request.userName);
    const attributes = packet.attributes.map((attribute) =>
      attribute.type === Type.userName ? { type: Type.userName, value: userName } : attribute,
    );
    return this.#inner.check({ ...request, userName, packet: { ...packet, attributes } });
  }

  /** The primary itself is closed by whoever opened it. */
  async close(): Promise<void> {}
}
