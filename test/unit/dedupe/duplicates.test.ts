import { expect } from 'chai';
import { Duplicates, type Claim, type RequestIdentity } from '../../../src/dedupe/duplicates.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const authenticator = (octet: number): Buffer => Buffer.alloc(16, octet);
const request = (own: Partial<RequestIdentity> = {}): RequestIdentity => ({
  address: '192.0.2.10',
  port: 40_000,
  socket: '192.0.2.1:1812',
  identifier: 7,
  authenticator: authenticator(1),
  authentic: true,
  ...own,
});
const stranger = (octet: number, own: Partial<RequestIdentity> = {}): RequestIdentity =>
  request({ authenticator: authenticator(octet), authentic: false, ...own });

function isNew(claim: Claim): Extract<Claim, { kind: 'new' }> {
  if (claim.kind !== 'new') throw new Error(`a new request was taken for one that is ${claim.kind}`);
  return claim;
}

const reply = Buffer.from('the reply');

describe('dedupe/duplicates (RFC 5080 section 2.2.2)', () => {
  let clock: FakeClock;
  let duplicates: Duplicates;
  const build = (own: { max?: number; maxUnauthentic?: number; maxUnauthenticInAll?: number } = {}): Duplicates =>
    new Duplicates({ clock, window: 10_000, max: 1_000, maxUnauthentic: 100, maxUnauthenticInAll: 500, ...own });
  beforeEach(() => {
    clock = new FakeClock();
    duplicates = build();
  });

  for (const authentic of [true, false])
    describe(authentic ? 'of a request with Message-Authenticator' : 'of a request without one', () => {
      const same = request({ authentic });

      it('the copy of one that is being worked on meets silence, for as long as that takes', () => {
        isNew(duplicates.claim(same));
        clock.pass(2_000);
        const first = { number: 1, after: 2_000, gap: 2_000 };
        expect(duplicates.claim(same)).to.deep.equal({ kind: 'pending', copy: first });
        clock.pass(60 * 60_000);
        const second = { number: 2, after: 3_602_000, gap: 3_600_000 };
        expect(duplicates.claim(same)).to.deep.equal({ kind: 'pending', copy: second });
      });

      it('the copy of one that was answered gets the same bytes, each time', () => {
        isNew(duplicates.claim(same)).settle(reply);
        for (let number = 1; number <= 3; number++) {
          const copy = { number, after: 0, gap: 0 };
          expect(duplicates.claim(same)).to.deep.equal({ kind: 'answered', reply, copy });
        }
      });

      it('the window is counted from the answer, and its copies do not prolong it', () => {
        const claim = isNew(duplicates.claim(same));
        clock.pass(8_000);
        claim.settle(reply);
        clock.pass(9_999);
        expect(duplicates.claim(same).kind).to.equal('answered');
        clock.pass(1);
        expect(duplicates.claim(same).kind).to.equal('new');
      });

      it('the copy of one that will not be answered meets silence for the window, then is worked on anew', () => {
        isNew(duplicates.claim(same)).silence();
        clock.pass(9_999);
        expect(duplicates.claim(same)).to.include({ kind: 'pending' });
        clock.pass(1);
        expect(duplicates.claim(same).kind).to.equal('new');
      });

      it('the copy of one that was released is worked on at once', () => {
        isNew(duplicates.claim(same)).release();
        expect(duplicates.claim(same).kind).to.equal('new');
        expect(duplicates.size).to.equal(1);
      });

      for (const [what, other] of [
        ['another port', { port: 40_001 }],
        ['another address', { address: '192.0.2.11' }],
        ['another socket of ours', { socket: '192.0.2.2:1812' }],
        ['another identifier', { identifier: 8 }],
      ] as const)
        it(`${what} makes it another request`, () => {
          isNew(duplicates.claim(same)).settle(reply);
          expect(duplicates.claim({ ...same, ...other }).kind).to.equal('new');
          expect(duplicates.claim(same).kind).to.equal('answered');
        });

      it('the wall clock may step as it likes', () => {
        isNew(duplicates.claim(same)).settle(reply);
        for (const step of [86_400_000, -2 * 86_400_000]) {
          clock.stepWall(step);
          expect(duplicates.claim(same).kind).to.equal('answered');
        }
      });
    });

  it('an authentic request with a new authenticator replaces what its port and identifier stood for', () => {
    isNew(duplicates.claim(request())).settle(reply);
    const second = request({ authenticator: authenticator(2) });
    isNew(duplicates.claim(second));
    expect(duplicates.claim(second).kind).to.equal('pending');
    expect(duplicates.size).to.equal(1);
  });

  it('what was replaced while it was worked on can no longer settle, silence or release anything', () => {
    const first = isNew(duplicates.claim(request()));
    const second = request({ authenticator: authenticator(2) });
    const claim = isNew(duplicates.claim(second));
    first.settle(reply);
    first.silence();
    first.release();
    expect(duplicates.claim(second).kind).to.equal('pending');
    claim.settle(Buffer.from('the second reply'));
    expect(duplicates.claim(second)).to.deep.include({ kind: 'answered', reply: Buffer.from('the second reply') });
  });

  it('keeps the octets, not the buffer that the packet came in', () => {
    const own = authenticator(1);
    isNew(duplicates.claim(request({ authenticator: own }))).settle(reply);
    own.fill(9);
    expect(duplicates.claim(request()).kind).to.equal('answered');
  });

  describe('a stranger who writes the address, port and identifier of another', () => {
    it('neither evicts nor silences a login that is under way, signed or not', () => {
      for (const victim of [request(), stranger(1)]) {
        duplicates = build();
        const claim = isNew(duplicates.claim(victim));
        for (let octet = 2; octet < 50; octet++) isNew(duplicates.claim(stranger(octet)));
        expect(duplicates.claim(victim).kind).to.equal('pending');
        claim.settle(reply);
        expect(duplicates.claim(victim)).to.deep.include({ kind: 'answered', reply });
      }
    });

    it('with the very authenticator of an authentic one, but without its Message-Authenticator, is apart from it', () => {
      isNew(duplicates.claim(request())).settle(reply);
      expect(duplicates.claim(stranger(1)).kind).to.equal('new');
    });

    it('takes no more room than one source has, and none of the authentic requests', () => {
      duplicates = build({ maxUnauthentic: 3 });
      for (let octet = 1; octet <= 3; octet++) isNew(duplicates.claim(stranger(octet)));
      expect(duplicates.claim(stranger(4))).to.deep.equal({ kind: 'full' });
      expect(duplicates.claim(stranger(4, { port: 1 }))).to.deep.equal({ kind: 'full' });
      expect(duplicates.claim(stranger(1)).kind, 'a copy needs no more room').to.equal('pending');
      expect(duplicates.claim(request()).kind, 'authentic').to.equal('new');
      expect(duplicates.claim(stranger(4, { address: '192.0.2.99' })).kind, 'another source').to.equal('new');
    });

    for (const [what, end] of [
      ['released', (claim: Extract<Claim, { kind: 'new' }>) => claim.release()],
      [
        'answered and over',
        (claim: Extract<Claim, { kind: 'new' }>) => {
          claim.settle(reply);
          clock.pass(10_000);
        },
      ],
      [
        'silenced and over',
        (claim: Extract<Claim, { kind: 'new' }>) => {
          claim.silence();
          clock.pass(10_000);
        },
      ],
    ] as const)
      it(`gets its room back once a request is ${what}, and not twice`, () => {
        duplicates = build({ maxUnauthentic: 2 });
        const first = isNew(duplicates.claim(stranger(1)));
        isNew(duplicates.claim(stranger(2)));
        expect(duplicates.claim(stranger(3)).kind).to.equal('full');
        end(first);
        duplicates.sweep();
        first.release();
        isNew(duplicates.claim(stranger(3)));
        expect(duplicates.claim(stranger(4)).kind).to.equal('full');
      });
  });

  it('is bounded: a new request is refused, the old ones are kept, and may be replaced and settled', () => {
    duplicates = build({ max: 3 });
    const claims = [1, 2, 3].map((identifier) => isNew(duplicates.claim(request({ identifier }))));
    expect(duplicates.claim(request({ identifier: 4 }))).to.deep.equal({ kind: 'full' });
    for (const claim of claims) claim.settle(reply);
    expect(duplicates.claim(request({ identifier: 2 })).kind).to.equal('answered');
    expect(duplicates.claim(request({ identifier: 2, authenticator: authenticator(9) })).kind).to.equal('new');
    expect(duplicates.size).to.equal(3);
    clock.pass(10_000);
    expect(duplicates.claim(request({ identifier: 4 })).kind, 'what has ended makes room').to.equal('new');
    duplicates.sweep();
    expect(duplicates.size).to.equal(2);
  });

  it('a refused request leaves no trace in the count of its source', () => {
    duplicates = build({ max: 1, maxUnauthentic: 2 });
    const only = isNew(duplicates.claim(request({ identifier: 1 })));
    for (let i = 0; i < 5; i++) expect(duplicates.claim(stranger(i)).kind).to.equal('full');
    only.release();
    isNew(duplicates.claim(stranger(1))).release();
    isNew(duplicates.claim(stranger(2)));
  });
});
