import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { syslogServer } from '../values/endpoint.ts';
import { filePath } from '../values/file-path.ts';
import { name } from '../values/text.ts';

export const siem = {
  doc: 'Where the rows of the audit are sent as they are written. See docs/audit.md.',
  many: true,
  rows: {
    name: {
      type: name,
      required: true,
      example: 'soc',
      doc: 'Names it in the log; what was sent is remembered by it.',
    },
    transport: {
      type: choice('tls', 'tcp', 'udp', 'stdout'),
      default: 'tls',
      doc: 'Syslog (RFC 5424) over TLS (RFC 5425), TCP (RFC 6587, lengths in octets) or UDP (RFC 5426), or lines on standard output, beside the log. TCP and UDP are in clear; by UDP some are lost, and nobody notices.',
    },
    server: { type: syslogServer, example: 'siem.corp.example:6514', doc: 'Who receives it; not for stdout.' },
    format: {
      type: choice('json', 'ecs', 'cef'),
      default: 'json',
      doc: 'What a message says: JSON with the names of "radgate report logins --json", JSON in the fields of the Elastic Common Schema, or the Common Event Format.',
    },
    ca_file: {
      type: filePath,
      example: '/etc/radgate/siem-ca.pem',
      doc: 'The authority of its certificate, in PEM; without it, those that Node.js trusts. The certificate must name the host of server.',
    },
  },
} as const satisfies Section;
