/** Where messages go: one connection, or none, at a time. */
export interface Sink {
  /**
   * Sends messages in order. Resolves once the system has taken all of them; a page that failed is sent again as a whole.
   * @throws Error if it could not be connected, broke, or took nothing for too long: the next call connects anew
   */
  send(messages: readonly Buffer[]): Promise<void>;
  /** @throws Error, once, if the connection broke since the last page, so that what was sent may not have arrived */
  check(): void;
  close(): void;
}
