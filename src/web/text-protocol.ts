import type { IncomingText } from '../deliver/incoming-text.ts';

/** A request by which a provider hands a text over. */
export interface TextRequest {
  /** As the provider was told it. */
  readonly url: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

/** How a provider hands over the texts that come to its numbers. */
export interface TextProtocol {
  /** @returns 'forged' if the signature is not the provider's; undefined if it is, and this is no text of a number */
  read(request: TextRequest): IncomingText | 'forged' | undefined;
  /** @param words to be sent back to the number; null for none */
  reply(words: string | null): { readonly type: string; readonly body: string };
}
