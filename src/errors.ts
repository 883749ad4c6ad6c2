/** Exit codes of the command line, after BSD sysexits.h where one fits. A contract with scripts: see docs/command-line.md. */
export const Exit = {
  ok: 0,
  refused: 1,
  usage: 64,
  unavailable: 69,
  internal: 70,
  permission: 77,
  config: 78,
} as const;

interface Failure {
  readonly exit: number;
  readonly remedy: string;
  /** Better remedies for what the message tells: the first that fits. The message is all that comes out of the store's thread. */
  readonly causes?: readonly (readonly [RegExp, string])[];
}

/** Every failure that an operator can meet outside a login: how the program exits and what to do about it. */
const table = {
  'config-invalid': { exit: Exit.config, remedy: 'Correct the lines named above, then run "radgate check".' },
  'restart-first': {
    exit: Exit.config,
    remedy: 'Restart the service, or take both back: the config that runs stays until then.',
  },
  'config-missing': {
    exit: Exit.config,
    remedy: 'Write one (radius.conf.example shows every option) or name it with --config FILE.',
  },
  'workers-unsupported': {
    exit: Exit.config,
    remedy: 'Run radgate on Linux with Node.js 22.12 or later, or leave "workers" in [listen] at 1.',
  },
  'worker-failed': {
    exit: Exit.unavailable,
    remedy: 'Its own lines in the log say why it ended.',
  },
  'certificate-unreadable': {
    exit: Exit.config,
    remedy: 'See [web] certificate and certificate_key: both are files in PEM that the service can read.',
  },
  'web-failed': {
    exit: Exit.config,
    remedy: 'See [web] listen: another program may have this port, or this host may not have this address.',
  },
  'ca-unreadable': {
    exit: Exit.config,
    remedy:
      'A "ca_file" of radius.conf names it: it must be the certificate of the authority in PEM, and the service must be able to read it. "openssl x509 -inform der -in FILE" turns DER into PEM.',
  },
  'demo-missing': {
    exit: Exit.refused,
    remedy:
      'Start it with "radgate serve" where there is no radius.conf. If its data is elsewhere, name it with --data DIR.',
  },
  'demo-broken': {
    exit: Exit.config,
    remedy: 'Remove the demo\'s directory: the next "radgate serve" makes a new one.',
  },
  'listen-failed': {
    exit: Exit.unavailable,
    remedy: 'See [listen] auth, or --listen.',
    causes: [
      [/EADDRINUSE/, 'Another process has this port: is radgate running already? "ss -lunp" tells which.'],
      [
        /EADDRNOTAVAIL/,
        'This host has no such address: "ip address" lists those it has. See [listen] auth, or --listen.',
      ],
      [/EACCES/, 'Ports below 1024 need root: choose another in [listen] auth, or with --listen.'],
    ],
  },
  'store-unavailable': {
    exit: Exit.unavailable,
    remedy: 'See [store] url: is it a file that the user that runs radgate may write?',
    causes: [
      [
        /postgres:/,
        'See [store] url: does the PostgreSQL server run, can it be reached, does it know this user and database?',
      ],
      [/ENOENT/, 'Its directory is not there: make it, for the user that runs radgate alone.'],
      [
        /EACCES|readonly/,
        "It belongs to another user: run this as the service's user (sudo -u radgate ...), or chown it.",
      ],
      [/EROFS/, 'It is on a file system that is mounted read-only.'],
      [/ENOSPC|disk is full/, 'Make room on the disk.'],
      [/not a database|malformed/, 'The file is damaged, or is none of radgate: restore it from a backup.'],
      [/database is locked/, 'Another program is writing to it. Try again once that has ended.'],
    ],
  },
  'store-newer': {
    exit: Exit.unavailable,
    remedy: 'The store was written by a newer radgate. Run that version, or restore a copy made before the upgrade.',
  },
  'store-unfinished': {
    exit: Exit.unavailable,
    remedy: 'Run "radgate store import" again, with the same file and this store: it starts anew and finishes.',
  },
  'links-unfinished': {
    exit: Exit.unavailable,
    remedy:
      'Is the disk full, or another program holding the file? Then run it again: who has a link that is still good is left out, and with --again gets another.',
  },
  'key-missing': {
    exit: Exit.permission,
    remedy:
      'Restore the key file from your backup, or copy it from another node. Without it the OATH keys in this store cannot be read.',
  },
  'key-wrong': {
    exit: Exit.permission,
    remedy: 'This key file belongs to another store. Restore the one that was made with this store.',
  },
  'key-unreadable': {
    exit: Exit.permission,
    remedy: 'The key file must hold 32 octets as 64 hexadecimal digits. Restore it from your backup.',
    causes: [
      [/cannot write/, 'May the user that runs radgate write in that directory? See [store] key_file.'],
      [/EACCES/, "It belongs to another user: run this as the service's user (sudo -u radgate ...), or chown it."],
    ],
  },
  'not-running': {
    exit: Exit.unavailable,
    remedy:
      'Does the service run, with this config? See [control] socket; "kill -HUP" and its process id do without the socket.',
  },
  'trace-full': {
    exit: Exit.unavailable,
    remedy: 'End another "radgate trace" first: "pgrep -af trace" finds those on this host.',
  },
  'control-path': {
    exit: Exit.config,
    remedy: 'Set [control] socket to a shorter path, such as /run/radgate/radgate.sock.',
  },
  'control-denied': {
    exit: Exit.permission,
    remedy: "Run this as root, or as the service's user (sudo -u radgate ...).",
  },
  'not-found': { exit: Exit.refused, remedy: 'List what there is with "radgate user list" or "radgate token list".' },
  exists: {
    exit: Exit.refused,
    remedy: 'Choose another name, or look at the one there is with "radgate user show".',
    causes: [
      [/this key/, 'Nothing needs to be done, unless another key was meant. To start anew, remove that token first.'],
      [/a token/, 'Choose another with --name, or remove that one first with "radgate token remove".'],
    ],
  },
  alike: {
    exit: Exit.refused,
    remedy:
      'One person? Add it as an alias: "radgate user set NAME --add-alias OTHER". Two people? Say so with --distinct.',
  },
  refused: { exit: Exit.refused, remedy: '' },
  usage: { exit: Exit.usage, remedy: '' },
  'no-answer': {
    exit: Exit.unavailable,
    remedy:
      "Is the server running, is the address right, does it know this client, is the shared secret the same? Or its upstream or store is down: see radgate's log.",
  },
} as const satisfies Record<string, Failure>;

export type ErrorCode = keyof typeof table;

/** A failure that is told to the operator as it stands: what happened, and what can be done. */
export class OperatorError extends Error {
  readonly code: ErrorCode;

  /** @param message what happened, with its place (file, address, name); never a secret */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OperatorError';
    this.code = code;
  }

  get exit(): number {
    return table[this.code].exit;
  }

  get remedy(): string {
    const { causes, remedy }: Failure = table[this.code];
    return causes?.find(([cause]) => cause.test(this.message))?.[1] ?? remedy;
  }
}
