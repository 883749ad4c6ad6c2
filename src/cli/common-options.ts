/** What every command takes: the options of the program itself. */
export interface CommonOptions {
  /** `-c, --config FILE` */
  readonly config?: string;
  /** `--data DIR` */
  readonly data?: string;
}
