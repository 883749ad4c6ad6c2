/** What an administrator can do about the errors that OpenSSL and Node.js have for a server's certificate. */
const causes: readonly (readonly [RegExp, string])[] = [
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    'its certificate is for another name: "server" must name it as its certificate does',
  ],
  [/CERT_HAS_EXPIRED/, 'its certificate has expired'],
  [/CERT_NOT_YET_VALID/, 'its certificate is not valid yet: is the clock of this host right?'],
  [
    /UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE/,
    'its certificate is not from an authority that is trusted here: "ca_file" must be the one that issued it',
  ],
  [
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE/,
    'it has no TLS version that "tls_min_version" allows',
  ],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, 'no TLS is spoken at this port'],
  [
    /before secure TLS connection was established/,
    'it closes the connection where TLS should begin: "ldaps" is for port 636, "ldap" with StartTLS for 389',
  ],
  [/ECONNREFUSED/, 'connection refused'],
];

/** Why a connection failed, in an operator's words, with the system's own behind. */
export function tlsTrouble(error: Error): string {
  const own = `${'code' in error && typeof error.code === 'string' ? `${error.code} ` : ''}${error.message}`;
  const [, cause] = causes.find(([pattern]) => pattern.test(own)) ?? [];
  return cause === undefined ? error.message : `${cause} (${error.message})`;
}
