/** Directories take names of groups in any case. */
export function foldGroup(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
