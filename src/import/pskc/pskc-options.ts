/** What opens an encrypted PSKC file: RFC 6030 §6. Neither is needed for a plain one. */
export interface PskcOptions {
  /** The key as octets: 16, 24 or 32 of them. */
  readonly presharedKey?: Buffer;
  /** The password as octets, UTF-8 as a rule. */
  readonly password?: Buffer;
}
