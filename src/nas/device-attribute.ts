import { Microsoft, PaloAlto, Type } from '../packet/constants.ts';

/** The attributes that may tell two devices of one user apart; a vendor's own stand inside Vendor-Specific (RFC 2865 §5.26). */
export const deviceAttributes = {
  'Calling-Station-Id': { vendor: undefined, type: Type.callingStationId },
  'MS-Machine-Name': { vendor: Microsoft.vendor, type: Microsoft.machineName },
  'PaloAlto-Client-Source-IP': { vendor: PaloAlto.vendor, type: PaloAlto.clientSourceIp },
} as const satisfies Readonly<Record<string, { readonly vendor: number | undefined; readonly type: number }>>;

/** By its name; `none` where the device sends nothing that could be believed. */
export type DeviceAttribute = keyof typeof deviceAttributes | 'none';
