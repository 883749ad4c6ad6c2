/** `command_status` of SMPP 3.4 §5.1.3 that mean this recipient and no other: the number, or a message refused for good. */
const permanent = new Map([
  [0x0b, 'it does not take this number (ESME_RINVDSTADR)'],
  [0x50, 'it does not take this number (ESME_RINVDSTTON)'],
  [0x51, 'it does not take this number (ESME_RINVDSTNPI)'],
  [0x65, 'it refuses this message for good (ESME_RX_P_APPN)'],
]);
const temporary = new Map([
  [0x08, 'a system error of its own (ESME_RSYSERR)'],
  [0x0a, 'it does not take this sender (ESME_RINVSRCADR)'],
  [0x0d, 'it refuses the bind (ESME_RBINDFAIL)'],
  [0x0e, 'it does not accept this password (ESME_RINVPASWD)'],
  [0x0f, 'it does not know this system_id (ESME_RINVSYSID)'],
  [0x14, 'its queue is full (ESME_RMSGQFUL)'],
  [0x58, 'it wants fewer messages (ESME_RTHROTTLED)'],
]);
const busy = new Set([0x14, 0x58]);

/** Whether it means this recipient or message alone, for good. */
export function isPermanent(status: number): boolean {
  return permanent.has(status);
}

/** Whether the server is to be left alone for a moment. */
export function isBusy(status: number): boolean {
  return busy.has(status);
}

/** What it means, for an administrator. */
export function statusWords(status: number): string {
  return (
    permanent.get(status) ??
    temporary.get(status) ??
    `it refuses it with status 0x${status.toString(16).padStart(8, '0')}`
  );
}
