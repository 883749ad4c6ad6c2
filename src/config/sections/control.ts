import type { Section } from '../row.ts';
import { filePath } from '../values/file-path.ts';

export const control = {
  doc: 'How commands reach the running service. See docs/running.md.',
  many: false,
  rows: {
    socket: {
      type: filePath,
      example: '/run/radgate/radgate.sock',
      doc: 'The Unix socket by which "radgate reload" and "radgate trace" reach the service; only its user and root may use it. At most 107 octets. Default: radgate.sock beside the SQLite file; with PostgreSQL there is none unless it is set. Each further process (workers in [listen]) has one with its number behind the name.',
    },
  },
} as const satisfies Section;
