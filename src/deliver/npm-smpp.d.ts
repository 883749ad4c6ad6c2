/** What radgate and its tests use of npm smpp 0.5.1, which ships no types. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  /** Octets where it does not know the letters. */
  export interface Message {
    readonly message: string | Buffer;
    readonly udh?: readonly Buffer[];
  }

  export interface Pdu {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly message_id?: string;
    readonly esm_class?: number;
    readonly data_coding?: number;
    readonly source_addr?: string;
    readonly source_addr_ton?: number;
    readonly destination_addr?: string;
    readonly dest_addr_ton?: number;
    readonly dest_addr_npi?: number;
    readonly sar_total_segments?: number;
    readonly registered_delivery?: number;
    readonly system_id?: string;
    readonly password?: string;
    readonly receipted_message_id?: string;
    readonly message_state?: number;
    readonly short_message?: Message;
    readonly message_payload?: Message;
    isResponse(): boolean;
    /** @throws TypeError for what has no response */
    response(fields?: Fields): Pdu;
  }

  export type Fields = Readonly<
    Record<string, string | number | Buffer | { readonly message: string | Buffer; readonly udh?: Buffer }>
  >;
  type OnResponse = (pdu: Pdu) => void;

  /** It emits `connect` or `secureConnect`, `pdu`, each PDU under its command, `error` and `close`. */
  export interface Session extends EventEmitter {
    readonly socket: Socket;
    /** @returns false if the connection can't be written to: then there will be no response */
    send(pdu: Pdu): boolean;
    bind_transmitter(fields: Fields, onResponse: OnResponse): boolean;
    bind_transceiver(fields: Fields, onResponse: OnResponse): boolean;
    submit_sm(fields: Fields, onResponse: OnResponse): boolean;
    deliver_sm(fields: Fields, onResponse?: OnResponse): boolean;
    data_sm(fields: Fields, onResponse?: OnResponse): boolean;
    generic_nack(fields: Fields): boolean;
    enquire_link(onResponse: OnResponse): boolean;
    unbind(onResponse: OnResponse): boolean;
    close(callback?: () => void): void;
    destroy(callback?: () => void): void;
  }

  const smpp: {
    connect(options: Readonly<Record<string, unknown>>): Session;
    createServer(
      options: { readonly key?: Buffer; readonly cert?: Buffer },
      onSession: (session: Session) => void,
    ): NetServer;
    readonly commands: Readonly<Record<string, { readonly id: number }>>;
    /** `maxLength`: octets of a PDU that it reads; a longer one is an error of the session. */
    readonly PDU: { maxLength: number };
    readonly encodings: {
      readonly ASCII: { match(text: string): boolean; encode(text: string): Buffer; decode(octets: Buffer): string };
    };
  };
  export default smpp;
}
