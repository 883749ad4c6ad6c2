/** A row that can't be imported; the rows after it still are. Becomes a RowProblem at the row's place. */
export class RowRefused extends Error {
  /** Lines below the row's first one. */
  readonly below: number;

  /** @param message what is wrong and what would be right; never a secret */
  constructor(message: string, below = 0) {
    super(message);
    this.name = 'RowRefused';
    this.below = below;
  }
}

/** A file of which nothing more can be imported. Becomes the last RowProblem. */
export class FileRefused extends Error {
  /** From 1. */
  readonly line: number;

  /** @param message what is wrong and what would be right; never a secret */
  constructor(line: number, message: string) {
    super(message);
    this.name = 'FileRefused';
    this.line = line;
  }
}
