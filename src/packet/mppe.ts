import { md4 } from './md4.ts';
import { sha1 } from './sha1.ts';

/** The keys that a login by MS-CHAPv2 leaves the NAS with, for what it sends to the peer and what it receives: 16 octets each (128 bits). */
export interface MppeKeys {
  readonly send: Buffer;
  readonly receive: Buffer;
}

const keySize = 16;
const pad1 = Buffer.alloc(40);
const pad2 = Buffer.alloc(40, 0xf2);
const magic = {
  master: Buffer.from('This is the MPPE Master Key'),
  /** From the peer to the server. */
  toServer: Buffer.from('On the client side, this is the send key; on the server side, it is the receive key.'),
  /** From the server to the peer. */
  toPeer: Buffer.from('On the client side, this is the receive key; on the server side, it is the send key.'),
} as const;

/**
 * The start keys of MS-MPPE-Send-Key and MS-MPPE-Recv-Key (RFC 2548 §2.4.2, §2.4.3), which are named as the NAS sees them: RFC 3079 §3.4
 * GetMasterKey and GetAsymmetricStartKey with IsServer.
 * @param ntHash of the password @param ntResponse 24 octets
 */
export function mppeKeys(ntHash: Buffer, ntResponse: Buffer): MppeKeys {
  const master = sha1(md4(ntHash), ntResponse, magic.master).subarray(0, keySize);
  const startKey = (which: Buffer): Buffer => sha1(master, pad1, which, pad2).subarray(0, keySize);
  return { send: startKey(magic.toPeer), receive: startKey(magic.toServer) };
}
