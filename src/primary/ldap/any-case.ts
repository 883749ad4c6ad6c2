/** Names of attributes as a library compares them with those that a server gives: in any case (RFC 4512 §2.5). */
export class AnyCase extends Array<string> {
  override includes(name: string): boolean {
    const wanted = name.toLowerCase();
    return this.some((one) => one.toLowerCase() === wanted);
  }
}
