/** Gives each name of a person one that tells nothing, the same whenever it comes again within one bundle, in capitals or not. */
export class Pseudonyms {
  readonly #known = new Map<string, string>();

  /** @param kind such as "user" */
  of(kind: string, name: string): string {
    const key = `${kind} ${name.toLowerCase()}`;
    const known = this.#known.get(key) ?? `${kind}-${this.#known.size + 1}`;
    this.#known.set(key, known);
    return known;
  }
}
