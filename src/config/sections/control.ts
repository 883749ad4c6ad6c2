import type { Section } from '../row.ts';
import { filePath } from '../values/file-path.ts';

export const control = {
  doc: 'How commands reach the running service. See docs/running.md.',
  many: false,
  rows: {
    socket: {
      type: filePath,
      example: '/run/radgate/radgate.sock',
      doc: 'The Unix socket by which "radgate reload" reaches the service; only its user and root may use it. Default: radgate.sock beside the SQLite file; with PostgreSQL there is none unless it is set.',
    },
  },
} as const satisfies Section;
