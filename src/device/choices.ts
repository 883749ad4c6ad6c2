/** Applications from which the user picks: the login's own and this many others. */
const others = 2;
/** How many random octets the choice takes. */
export const choicesRandom = 4 * (others + 1);

/** The application of a login among others, in no order; alone if there are no others. @param random `choicesRandom` octets of a CSPRNG */
export function choicesOf(application: string, all: readonly string[], random: Buffer): string[] {
  const pool = [...new Set(all)].filter((other) => other !== application);
  const picked: string[] = [];
  for (let i = 0; i < others && pool.length > 0; i++)
    picked.push(...pool.splice(random.readUInt32BE(4 * i) % pool.length, 1));
  picked.splice(random.readUInt32BE(4 * others) % (picked.length + 1), 0, application);
  return picked;
}
