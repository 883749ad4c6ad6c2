import type { Config } from './schema.ts';

/** A provider whose texts or calls may be answered. */
export interface AnsweredProvider {
  readonly name: string;
  /** By which it signs. */
  readonly token: Uint8Array;
  /** That it speaks with; undefined for its own choice. */
  readonly voice: string | undefined;
}

/**
 * The providers whose texts, or calls, may be answered; none if another provider might bring one, since its answer would come to nothing.
 */
export function answeredProviders(
  { provider }: Pick<Config, 'provider'>,
  channel: 'sms' | 'voice',
): readonly AnsweredProvider[] {
  const able = provider.filter((one) => one.channel.some((each) => each === channel));
  const answered = able.flatMap((each) =>
    each.type === 'twilio' && each.answers_token
      ? [{ name: each.name, token: each.answers_token.bytes, voice: each.voice }]
      : [],
  );
  return answered.length === able.length ? answered : [];
}
