/** What a token's key is sealed for: a sealed key moved to another row does not open. */
export function tokenOwner(id: string): string {
  return `token:${id}`;
}

/** What a token's PIN is digested for. */
export function pinOwner(id: string): string {
  return `pin:${id}`;
}
