import type { Config } from './schema.ts';

/** A provider whose texts or calls may be answered. */
export interface AnsweredProvider {
  readonly name: string;
  /** How it hands answers over. */
  readonly type: 'twilio' | 'http';
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
  const answered = able.flatMap((each): AnsweredProvider[] => {
    const { name } = each;
    if (each.type === 'twilio' && each.answers_token)
      return [{ name, type: 'twilio', token: each.answers_token.bytes, voice: each.voice }];
    // Another gateway's call reads its words and takes no key.
    if (each.type === 'http' && channel === 'sms' && each.answers_secret)
      return [{ name, type: 'http', token: each.answers_secret.bytes, voice: undefined }];
    return [];
  });
  return answered.length === able.length ? answered : [];
}
