import type { Config } from './schema.ts';

/** Whether a `[[provider]]` brings messages by one of these. */
export function hasChannel({ provider }: Pick<Config, 'provider'>, ...wanted: readonly string[]): boolean {
  return provider.some(({ channel }) => channel.some((each) => wanted.includes(each)));
}
