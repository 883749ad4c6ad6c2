/** An attribute that names the user's own device or its address. `vendor` 0 is the RADIUS space itself. */
export interface DeviceAttribute {
  readonly vendor: number;
  readonly type: number;
}

/** Those that are known to carry it, by their names in the dictionaries: RFC 2865 §5.31, RFC 2868 §3.3, RFC 2548, Palo Alto Networks. */
export const deviceAttributes = {
  'Calling-Station-Id': { vendor: 0, type: 31 },
  'Tunnel-Client-Endpoint': { vendor: 0, type: 66 },
  'MS-Machine-Name': { vendor: 311, type: 50 },
  'PaloAlto-Client-Source-IP': { vendor: 25_461, type: 7 },
} as const satisfies Readonly<Record<string, DeviceAttribute>>;

export type DeviceAttributeName = keyof typeof deviceAttributes | 'none';
