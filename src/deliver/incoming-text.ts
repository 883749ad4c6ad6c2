/** A text that came to a provider's number. */
export interface IncomingText {
  /** What the provider calls it: the same when it hands the text over once more. */
  readonly id: string;
  /** E.164. */
  readonly from: string;
  /** What was written; empty where it can't be read, or is a part of a longer text. */
  readonly body: string;
}

/** Of a mobile phone, as this program writes it. */
export const incomingNumber = /^\+[1-9][0-9]{6,14}$/;

/** What a text comes to: words to send back to its number, null for none. @throws if it can't be looked at now, and should be handed over again */
export type OnText = (text: IncomingText) => Promise<string | null>;
