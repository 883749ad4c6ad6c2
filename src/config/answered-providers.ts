import type { Config } from './schema.ts';

/** A provider that posts answers to texts or calls. */
export interface PostingProvider {
  readonly name: string;
  readonly type: 'twilio' | 'http';
  /** By which it signs. */
  readonly token: Uint8Array;
  /** That it speaks with; undefined for its own choice. */
  readonly voice: string | undefined;
}

/** A provider whose texts or calls may be answered; one of SMPP hands answers over by the connection that its own texts take. */
export type AnsweredProvider = PostingProvider | { readonly name: string; readonly type: 'smpp' };

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
    if (each.type === 'smpp' && each.answers) return [{ name, type: 'smpp' }];
    // Another gateway's call reads its words and takes no key.
    if (each.type === 'http' && channel === 'sms' && each.answers_secret)
      return [{ name, type: 'http', token: each.answers_secret.bytes, voice: undefined }];
    return [];
  });
  return answered.length === able.length ? answered : [];
}

/** Those of them that post answers to the web server. */
export function postingProviders(config: Pick<Config, 'provider'>, channel: 'sms' | 'voice'): PostingProvider[] {
  return answeredProviders(config, channel).filter((one) => one.type !== 'smpp');
}
