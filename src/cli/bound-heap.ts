import { setFlagsFromString } from 'node:v8';

/**
 * Has garbage collected by the time that it is as much as what is in use: left alone, V8 lets the old heap grow to several times of that. Holds for the store's
 * thread too. Costs no CPU that could be told from noise.
 */
export function boundHeap(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
