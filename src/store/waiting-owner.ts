/** Whom a waiting login is sealed for. @param id 32 octets, as the store keeps it */
export function waitingOwner(id: Buffer): string {
  return `waiting:${id.toString('hex')}`;
}
