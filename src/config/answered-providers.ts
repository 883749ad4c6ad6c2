import type { Config } from './schema.ts';

/**
 * The providers whose texts may be answered, with the token by which each signs; none if another provider might bring a text, since its answer would
 * come to nothing.
 */
export function answeredProviders({
  provider,
}: Pick<Config, 'provider'>): readonly { readonly name: string; readonly token: Uint8Array }[] {
  const texting = provider.filter(({ channel }) => channel.some((each) => each === 'sms'));
  const answered = texting.flatMap((each) =>
    each.type === 'twilio' && each.answers_token ? [{ name: each.name, token: each.answers_token.bytes }] : [],
  );
  return answered.length === texting.length ? answered : [];
}
