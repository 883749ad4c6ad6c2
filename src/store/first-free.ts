/** The name that is wished for itself, or with the first number behind it that none of those that are taken has. */
export function firstFree(taken: ReadonlySet<string>, wish: string, separator: '-' | ' '): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wish : `${wish}${separator}${number}`;
    if (!taken.has(name)) return name;
  }
}
