export interface Checked {
  readonly ok: boolean;
  /** What was found, and where it isn't right, what to look at. */
  readonly message: string;
}
