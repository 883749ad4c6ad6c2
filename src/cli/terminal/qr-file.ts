import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { extname } from 'node:path';
import { encode, renderSVG } from 'uqr';
import { OperatorError } from '../../errors.ts';
import { png } from './png.ts';

/** Modules around the code that stay white: ISO/IEC 18004 asks for four. */
const border = 4;
/** Pixels along the side of a module. */
const scale = 8;

const renderers: Readonly<Record<string, (text: string) => Buffer>> = {
  '.svg': (text) => Buffer.from(renderSVG(text, { ecc: 'M', border, pixelSize: scale })),
  '.png': (text) => png(encode(text, { ecc: 'M', border }).data, scale),
};

/** A new file for a QR code with a secret in it: nobody else may read it. Nothing is ever overwritten. */
export class QrFile {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #render: (text: string) => Buffer;

  /** @throws OperatorError 'usage' if its name doesn't end in .svg or .png, or it can't be made */
  constructor(file: string) {
    const render = renderers[extname(file).toLowerCase()];
    if (!render) throw new OperatorError('usage', '--qr-file must name a file that ends in .svg or .png');
    this.#render = render;
    this.#file = file;
    try {
      this.#descriptor = openSync(file, 'wx', 0o600);
    } catch (error) {
      const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      throw new OperatorError('usage', exists ? `${file} is there already` : `cannot write ${file}: ${String(error)}`, {
        cause: error,
      });
    }
  }

  /** Writes the code of a text, and is done. */
  write(text: string): void {
    writeSync(this.#descriptor, this.#render(text));
    closeSync(this.#descriptor);
  }

  /** Takes the file away again. */
  discard(): void {
    closeSync(this.#descriptor);
    unlinkSync(this.#file);
  }
}
