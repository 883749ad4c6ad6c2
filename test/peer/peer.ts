import { inCi, reasonWithout } from './peers.ts';
import type { PeerName } from './peers.ts';

/**
 * `describe` for tests that need the named peers: peer('freeradius', 'radclient')('title', function () { ... }).
 * Where one is missing the suite is reported as skipped, with the reason in its title; in CI it fails instead.
 */
export function peer(...names: readonly PeerName[]): (title: string, body: (this: Mocha.Suite) => void) => void {
  return (title, body) => {
    const reasons = names.map(reasonWithout).filter((reason) => reason !== undefined);
    if (reasons.length === 0) {
      describe(title, body);
    } else if (inCi(process.env)) {
      describe(title, () => {
        it('needs its peers', () => {
          throw new Error(reasons.join('; '));
        });
      });
    } else {
      describe.skip(`${title} (skipped: ${reasons.join('; ')})`, body);
    }
  };
}
