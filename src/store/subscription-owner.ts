/** What the sealed subscription of a device is bound to. */
export function subscriptionOwner(deviceId: string): string {
  return `push-subscription:${deviceId}`;
}
