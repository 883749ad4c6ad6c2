import { networkInterfaces } from 'node:os';

/** Whether this host has IPv6 on its loopback, as containers may not. */
export const hasIpv6 = Object.values(networkInterfaces()).some((infos) =>
  infos?.some(({ address }) => address === '::1'),
);
