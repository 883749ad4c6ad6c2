import { closeSync, openSync, unlinkSync } from 'node:fs';
import { OperatorError } from '../../src/errors.ts';
import { KeyFileLock } from '../../src/store/key-file-lock.ts';

/** Takes the lock of a key file over and over, as often as it is told. It ends with 1 if another has it at the same time. */
const [key = '', tries = '0'] = process.argv.slice(2);
for (let i = 0; i < Number(tries); i++) {
  const lock = locked();
  if (!lock) continue;
  // Whoever has it is alone: nobody else has made this file.
  closeSync(openSync(`${key}.held`, 'wx'));
  unlinkSync(`${key}.held`);
  lock.release();
}

function locked(): KeyFileLock | undefined {
  try {
    return new KeyFileLock(key);
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}
