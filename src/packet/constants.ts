/** RADIUS packet codes: RFC 2865 §3, RFC 2866 §3, RFC 5997 §3. */
export const Code = {
  accessRequest: 1,
  accessAccept: 2,
  accessReject: 3,
  accountingRequest: 4,
  accountingResponse: 5,
  accessChallenge: 11,
  statusServer: 12,
} as const;

/** The attribute types that radgate itself reads or writes; all others pass through as bytes. RFC 2865 §5, 2866 §5, 2868, 2869 §5, 3579, 5176, 6911. */
export const Type = {
  userName: 1,
  userPassword: 2,
  chapPassword: 3,
  nasIpAddress: 4,
  framedIpAddress: 8,
  replyMessage: 18,
  state: 24,
  vendorSpecific: 26,
  callingStationId: 31,
  nasIdentifier: 32,
  proxyState: 33,
  acctStatusType: 40,
  acctDelayTime: 41,
  acctInputOctets: 42,
  acctOutputOctets: 43,
  acctSessionId: 44,
  acctSessionTime: 46,
  acctTerminateCause: 49,
  acctInputGigawords: 52,
  acctOutputGigawords: 53,
  eventTimestamp: 55,
  chapChallenge: 60,
  tunnelPassword: 69,
  arapPassword: 70,
  passwordRetry: 75,
  eapMessage: 79,
  messageAuthenticator: 80,
  nasIpv6Address: 95,
  errorCause: 101,
  framedIpv6Address: 168,
} as const;

/** Vendor 311, RFC 2548. */
export const Microsoft = {
  vendor: 311,
  chapResponse: 1,
  chapError: 2,
  chapChange1: 3,
  chapChange2: 4,
  mppeEncryptionPolicy: 7,
  mppeEncryptionTypes: 8,
  chapChallenge: 11,
  chapMppeKeys: 12,
  mppeSendKey: 16,
  mppeRecvKey: 17,
  chap2Response: 25,
  chap2Success: 26,
  chap2Change: 27,
} as const;

/** Sizes in octets. RFC 2865 §3 and §5; the attribute bound is ours (FreeRADIUS's max_attributes default). */
export const Size = { header: 20, authenticator: 16, packet: 4096, value: 253, attributes: 200 } as const;
