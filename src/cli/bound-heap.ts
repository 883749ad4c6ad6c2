import { setFlagsFromString } from 'node:v8';

/**
 * Has garbage collected by the time that it is so much of what is in use: left alone, V8 lets the old heap grow to several times of that. Holds for the store's
 * thread too. No CPU that could be told from noise at 100.
 * @param garbage in percent
 */
export function boundHeap(garbage: number): void {
  setFlagsFromString(`--heap-growing-percent=${garbage}`);
}
