import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { TestCertificate } from './certificate.ts';
import { Journal } from './journal.ts';

/** A mail server on loopback that speaks STARTTLS and keeps what it is given. */
export class MailServer {
  /** Whole messages as they came. */
  readonly mails = new Journal<string>();
  readonly #server: SMTPServer;

  private constructor({ certificate, key }: TestCertificate) {
    this.#server = new SMTPServer({
      key: readFileSync(key),
      cert: readFileSync(certificate),
      disableReverseLookup: true,
      authOptional: true,
      onData: (stream, _session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          this.mails.add(Buffer.concat(parts).toString());
          done();
        });
      },
    });
  }

  /** @param certificate made for "localhost", which is the host's name */
  static async start(certificate: TestCertificate): Promise<MailServer> {
    const mail = new MailServer(certificate);
    mail.#server.listen(0, '127.0.0.1');
    await once(mail.#server.server, 'listening');
    return mail;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
