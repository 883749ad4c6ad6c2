import { setFlagsFromString } from 'node:v8';
import { boundHeap } from './bound-heap.ts';

/** Has garbage collected before it is much, young and old: an import of a hundred thousand rows makes garbage all the time. Costs no time that could be measured. */
export function keepHeapSmall(): void {
  boundHeap(20);
  setFlagsFromString('--semi-space-growth-factor=1');
}
