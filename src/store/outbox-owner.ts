/** Whom a message is sealed for. @param id of its row */
export function outboxOwner(id: string): string {
  return `outbox:${id}`;
}
