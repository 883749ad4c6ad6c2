import { clientSecret } from './scene.ts';

/** A further `[[client]]`. @param own more lines of it */
export function client(name: string, address: string | readonly string[], own = ''): string {
  return `[[client]]
name = "${name}"
address = ${JSON.stringify(address)}
secret = "${clientSecret}"
${own}
`;
}

/** Pages in clear. @param listen HOST:PORT */
export function pagesAt(listen: string): string {
  return `[web]
listen = ["${listen}"]
url = "http://${listen}"
`;
}

/** Messages are written into a directory. */
export function labIn(directory: string, channels: readonly ('sms' | 'email')[]): string {
  return `[deliver]
lab = true
[[provider]]
name = "lab"
type = "file"
channel = ${JSON.stringify(channels)}
directory = "${directory}"
`;
}

/** For the `authorize` of a home server: it lets in who brings no credential, as NPS does by rights alone. */
export const passwordless = `if (!&User-Password && !&EAP-Message && !&CHAP-Password) {
  update control { Auth-Type := Accept }
}`;
