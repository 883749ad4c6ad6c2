import type { Section } from '../row.ts';
import { webListen } from '../values/endpoint.ts';
import { filePath } from '../values/file-path.ts';
import { oneOrMore } from '../values/list.ts';
import { network } from '../values/network.ts';
import { webUrl } from '../values/web-url.ts';

export const web = {
  doc: 'The pages on which users approve logins and register their second factor. There is no web server unless listen is set. See docs/approvals.md.',
  many: false,
  rows: {
    listen: {
      type: oneOrMore(webListen),
      example: ['0.0.0.0:8443'],
      doc: 'TCP addresses for browsers. Phones must reach it, by url.',
    },
    url: {
      type: webUrl,
      example: 'https://mfa.corp.example',
      doc: 'How browsers reach it: what links begin with. Required with listen.',
    },
    certificate: {
      type: filePath,
      example: '/etc/radgate/web.pem',
      doc: 'Its certificate with those of the authorities between, in PEM. It is read anew once it changes. Leave it out behind a proxy that speaks TLS.',
    },
    certificate_key: {
      type: filePath,
      example: '/etc/radgate/web.key',
      doc: 'The private key of the certificate, in PEM.',
    },
    trusted_proxies: {
      type: oneOrMore(network),
      example: ['127.0.0.1'],
      doc: 'Proxies whose X-Forwarded-For is believed. Needed where there is no certificate and listen is not on loopback alone.',
    },
  },
} as const satisfies Section;
