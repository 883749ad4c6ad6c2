import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { filePath } from '../values/file-path.ts';
import { password } from '../values/password.ts';
import { storeUrl } from '../values/store-url.ts';

export const store = {
  doc: 'Where users, tokens, lockouts and the audit trail are kept.',
  many: false,
  rows: {
    url: {
      type: storeUrl,
      default: 'sqlite:/var/lib/radgate/radgate.db',
      doc: 'The SQLite file, on a local disk that is backed up; a relative path starts at this file. It is made at first start, its directory is not. Or a PostgreSQL database, for several nodes that share it: "postgres://radgate@db.example/radgate?sslrootcert=/etc/radgate/ca.pem". Except on this host its TLS certificate is checked (sslmode=verify-full), against that authority or those that Node.js trusts.',
    },
    password: {
      type: password,
      example: 'store.password',
      doc: 'The password of the PostgreSQL user.',
    },
    key_file: {
      type: filePath,
      derived: '"radgate.key" beside the SQLite file; required with PostgreSQL',
      example: '/etc/radgate/radgate.key',
      doc: 'The key that seals the OATH keys; made at first start. Keep it (and its backup) apart from the store, so that nobody can make codes from a stolen copy of the store. Names, phone numbers and the audit are in clear there. Nodes that share a store have the same: copy it from the first.',
    },
    waiting: {
      type: choice('memory', 'store'),
      derived: '"memory" with SQLite and one worker, else "store"',
      example: 'store',
      doc: 'Where logins wait for their code. "store" lets them survive a restart, and lets any node that shares it take the answer; it costs a write for each challenge.',
    },
    durability: {
      type: choice('process', 'power'),
      default: 'power',
      doc: '"power" flushes to the disk before an answer leaves: a code stays used and a failure stays counted even if the power fails. "process" survives only the end of the process (with PostgreSQL: of radgate\'s, not of the server\'s), and is faster on slow disks.',
    },
  },
} as const satisfies Section;
