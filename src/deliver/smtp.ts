import { createTransport, type Transporter } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import { refused, refusedToAll, unsure, type Channel, type Message, type SendResult } from './channel.ts';
import { scrub } from './scrub.ts';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet (RFC 8314 §3.3), STARTTLS that must be there (RFC 3207), or none at all. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** PEM of the authority that the server's certificate is of; undefined for those that Node knows. */
  readonly ca: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The address that mails are from, perhaps with a name before it. */
  readonly from: string;
}

/** Mails over SMTP: RFC 5321. A connection for each: codes are few, and no server likes one that is idle. */
export class SmtpChannel implements Channel {
  readonly #options: SmtpOptions;
  readonly #open = new Set<Transporter<SMTPTransport.SentMessageInfo>>();

  constructor(options: SmtpOptions) {
    this.#options = options;
  }

  async send(message: Message, patience: number): Promise<SendResult> {
    const { from } = this.#options;
    const transport = this.#transport(patience);
    this.#open.add(transport);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<SendResult>((resolve) => {
      timer = setTimeout(() => resolve(unsure(`no answer within ${Math.round(patience / 1000)} s`)), patience);
    });
    const domain = /@([^\s>]+)>?$/.exec(from)?.[1] ?? 'radgate';
    const sending = transport
      .sendMail({
        from,
        to: { name: '', address: message.to },
        subject: message.subject ?? '',
        text: message.text,
        // The same at every try: a mailbox that gets it twice can tell.
        messageId: `<${message.id}@${domain}>`,
        // RFC 3834 §5: nobody's absence note is wanted.
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      .then(
        (info): SendResult => ({ kind: 'sent', providerId: info.messageId }),
        (error: unknown) => this.#failure(error, message),
      );
    try {
      return await Promise.race([sending, late]);
    } finally {
      clearTimeout(timer);
      transport.close();
      this.#open.delete(transport);
    }
  }

  async close(): Promise<void> {
    for (const transport of this.#open) transport.close();
  }

  #transport(patience: number): Transporter<SMTPTransport.SentMessageInfo> {
    const { host, port, tls, ca, username, password } = this.#options;
    // node:dns takes whole milliseconds alone, and what it throws there no caller could catch.
    const timeout = Math.max(1, Math.ceil(patience));
    return createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
      ...(username === undefined ? {} : { auth: { user: username, pass: password ?? '' } }),
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      dnsTimeout: timeout,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  #failure(error: unknown, message: Message): SendResult {
    const { code, command, responseCode, response } = (error ?? {}) as Readonly<Record<string, unknown>>;
    const said = typeof response === 'string' ? scrub(response, message) : '';
    const why = said !== '' ? said : scrub(error instanceof Error ? error.message : 'unknown', message);
    if (code === 'EAUTH') return refusedToAll(`it does not accept these credentials (${why})`);
    if (code === 'ETLS') return refusedToAll(`TLS failed (${why})`);
    // RFC 5321 §4.2.1: 5yz is for good, 4yz for now. What a server says of a recipient is of this message alone.
    if (typeof responseCode === 'number') return refused(why, responseCode >= 500 && code === 'EENVELOPE');
    // After the message itself went out there is no telling whether it arrived.
    return command === 'CONN' || code === 'EDNS' || code === 'ECONNECTION'
      ? refusedToAll(`it cannot be reached (${why})`)
      : unsure(why);
  }
}
