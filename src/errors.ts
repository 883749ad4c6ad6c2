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

/** Every failure that an operator can meet outside a login: how the program exits and what to do about it. */
const table = {
  'config-invalid': { exit: Exit.config, remedy: 'Correct the lines named above, then run "radgate check".' },
  'config-missing': {
    exit: Exit.config,
    remedy: 'Write one (radius.conf.example shows every option) or name it with --config FILE.',
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
    remedy:
      'See [listen] auth (or --listen): is the address on this host, is the port free, is it above 1023 or are you root?',
  },
  'store-unavailable': {
    exit: Exit.unavailable,
    remedy:
      'See [store] url. A file: does its directory exist, is it writable, is the disk full? PostgreSQL: does the server run, and know this user?',
  },
  'store-newer': {
    exit: Exit.unavailable,
    remedy: 'The store was written by a newer radgate. Run that version, or restore a copy made before the upgrade.',
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
    remedy: 'The key file must hold 32 octets as 64 hexadecimal digits and be readable by the user that runs radgate.',
  },
  'not-found': { exit: Exit.refused, remedy: 'List what there is with "radgate user list" or "radgate token list".' },
  exists: { exit: Exit.refused, remedy: 'Choose another name, or look at the one there is with "radgate user show".' },
  alike: {
    exit: Exit.refused,
    remedy:
      'One person? Add it as an alias: "radgate user set NAME --add-alias OTHER". Two people? Say so with --distinct.',
  },
  refused: { exit: Exit.refused, remedy: '' },
  usage: { exit: Exit.usage, remedy: 'See "radgate help".' },
  'no-answer': {
    exit: Exit.unavailable,
    remedy: 'Is the server running, is the address right, does it know this client, is the shared secret the same?',
  },
} as const satisfies Record<string, { exit: number; remedy: string }>;

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
    return table[this.code].remedy;
  }
}
