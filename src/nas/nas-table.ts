import { addressOctets, parseNetwork } from './address.ts';
import type { Nas } from './nas.ts';

/** Finds the client that a source address belongs to: the longest prefix wins. */
export class NasTable {
  /** For each prefix length, the longest first, the networks by their masked octets. */
  readonly #lengths: { readonly octets: number; readonly prefix: number; readonly networks: Map<string, Nas> }[] = [];
  /** Remembered look-ups: of known addresses only, so that strangers don't fill it. */
  readonly #known = new Map<string, Nas>();
  readonly #remembered: number;

  /** @param remembered look-ups kept at most @throws Error if an address is neither an address nor a CIDR */
  constructor(clients: readonly { readonly nas: Nas; readonly addresses: readonly string[] }[], remembered = 10_000) {
    this.#remembered = remembered;
    for (const { nas, addresses } of clients)
      for (const address of addresses) {
        const { octets, prefix } = parseNetwork(address);
        this.#length(octets.length, prefix).set(masked(octets, prefix), nas);
      }
    this.#lengths.sort((a, b) => b.prefix - a.prefix);
  }

  /** @param address canonical, see canonicalAddress */
  find(address: string): Nas | undefined {
    const known = this.#known.get(address);
    if (known) return known;
    const octets = addressOctets(address);
    for (const { octets: size, prefix, networks } of this.#lengths) {
      if (size !== octets.length) continue;
      const nas = networks.get(masked(octets, prefix));
      if (!nas) continue;
      if (this.#known.size < this.#remembered) this.#known.set(address, nas);
      return nas;
    }
    return undefined;
  }

  #length(octets: number, prefix: number): Map<string, Nas> {
    const found = this.#lengths.find((length) => length.octets === octets && length.prefix === prefix);
    if (found) return found.networks;
    const networks = new Map<string, Nas>();
    this.#lengths.push({ octets, prefix, networks });
    return networks;
  }
}

/** The octets with all bits beyond the prefix cleared, as a key. */
function masked(octets: readonly number[], prefix: number): string {
  return octets.map((octet, i) => octet & (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * i)))).join('.');
}
