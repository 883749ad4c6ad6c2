/** Messages of one channel that wait to be sent, or are being sent. */
export interface QueuedMessages {
  readonly channel: string;
  readonly state: string;
  readonly count: number;
}
