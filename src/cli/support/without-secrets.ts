import { Secret } from '../../config/secret.ts';

/** Shorter ones would be found by chance; the keys that hold them are left out by their names. In octets. */
const shortest = 6;
const mark = '[secret]';

/** Every secret in a config. */
export function secretsIn(value: unknown): Buffer[] {
  if (value instanceof Secret) return [value.bytes];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

/** A value for JSON in whose texts none of these secrets stands, plain, in hexadecimal or base64: what nobody thought of is not told either. */
export function withoutSecrets(value: unknown, secrets: readonly Buffer[]): unknown {
  const spellings = secrets
    .filter(({ length }) => length >= shortest)
    .flatMap((secret) => [
      secret.toString(),
      secret.toString('hex'),
      secret.toString('base64'),
      secret.toString('base64url'),
    ])
    .toSorted((a, b) => b.length - a.length);
  const clean = (text: string): string => spellings.reduce((rest, secret) => rest.replaceAll(secret, mark), text);
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return clean(part);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [clean(key), walk(inner)]));
  };
  return walk(value);
}
