import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { MailServer } from './mail-server.ts';

/** The links of approvals that are mailed, pressed as a browser does, without one. */
export class ApprovalLinks {
  readonly #mail: MailServer;
  readonly #ca: Buffer;
  readonly #used = new Set<string>();

  /** @param certificate that of the pages, which is its own authority, in PEM */
  constructor(mail: MailServer, certificate: string) {
    this.#mail = mail;
    this.#ca = readFileSync(certificate);
  }

  /** The next one that was mailed to `address`. */
  async next(address: string): Promise<string> {
    const isNew = (mail: string): boolean => {
      const link = linkIn(mail);
      return mail.includes(address) && link !== undefined && !this.#used.has(link);
    };
    const link = linkIn(await this.#mail.mails.waitFor(isNew, `a link for ${address}`)) ?? '';
    this.#used.add(link);
    return link;
  }

  /** Presses a button of its page; the page that follows. */
  async press(link: string, decision: 'approve' | 'decline' | 'fraud'): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const sent = request(link, { method: 'POST', ca: this.#ca, headers }, (response) => {
        let page = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (page += part));
        response.on('end', () => resolve(page));
      });
      sent.on('error', reject);
      sent.end(`decision=${decision}`);
    });
  }
}

/** Lines of a mail are folded with "=" at their ends (RFC 2045 §6.7). */
function linkIn(mail: string): string | undefined {
  return /https:\/\/\S+?\/a\/[\w-]{22}/.exec(mail.replaceAll('=\r\n', ''))?.[0];
}
