import type { PeerProgram } from './peers.ts';

/** What decides whether peers may be installed. */
export interface Surroundings {
  readonly root: boolean;
  /** ID of /etc/os-release, for example debian. */
  readonly system: string;
  readonly ci: boolean;
  /** RADGATE_PEERS=skip */
  readonly leaveAlone: boolean;
}

export interface Plan {
  /** What to tell the user before anything is done. */
  readonly lines: readonly string[];
  /** Debian packages to install. */
  readonly install: readonly string[];
  /** Exit code when there is nothing to install. */
  readonly code: 0 | 1;
}

function list(missing: readonly PeerProgram[]): string {
  return missing.map(({ debian, purpose }) => `${debian} (for ${purpose})`).join(', ');
}

/** Decides what is done about missing peers, and says it in plain words. */
export function plan(missing: readonly PeerProgram[], where: Surroundings): Plan {
  const debian = where.system === 'debian';
  const packages = missing.map((peer) => peer.debian);
  if (missing.length === 0)
    return { lines: ['All the programs that the tests talk to are there.'], install: [], code: 0 };
  if (where.root && debian && !where.leaveAlone) {
    return {
      lines: [
        `The tests talk to programs that are missing here. Installing Debian's packages: ${list(missing)}.`,
        "Their services are kept from starting. RADGATE_PEERS=skip leaves the system alone and skips those programs' tests.",
      ],
      install: packages,
      code: 0,
    };
  }
  const why = where.leaveAlone
    ? 'RADGATE_PEERS=skip leaves the system alone'
    : debian
      ? 'only root may install packages'
      : 'packages are installed on Debian only';
  const what = where.ci ? 'Missing, and CI may skip nothing' : 'Skipping the tests that need';
  return {
    lines: [
      `${what}: ${list(missing)}; ${why}.`,
      `To run them: apt-get install --no-install-recommends ${packages.join(' ')}`,
    ],
    install: [],
    code: where.ci ? 1 : 0,
  };
}
