import { expect } from 'chai';
import * as fc from 'fast-check';
import { generateSync } from 'otplib';
import { algorithms, hotp, matchingSteps, timeStep, type Algorithm, type OathKey } from '../../../src/factor/oath.ts';
import { readVectors } from '../../support/read-vectors.ts';

describe('factor/oath: RFC 4226 appendix D', () => {
  const vectors = readVectors('rfc4226-appendix-d.txt');
  const key = Buffer.from(vectors.text('secret'));
  for (const [counter, truncated] of vectors.startingWith('counter '))
    it(`counter ${counter}`, () => {
      for (const digits of [6, 7, 8])
        expect(hotp({ key, algorithm: 'sha1', digits }, Number(counter))).to.equal(
          truncated.padStart(digits, '0').slice(-digits),
        );
    });
});

describe('factor/oath: RFC 6238 appendix B', () => {
  const vectors = readVectors('rfc6238-appendix-b.txt');
  for (const algorithm of algorithms) {
    const key = Buffer.from(vectors.text(`secret ${algorithm}`));
    it(`the key for ${algorithm} has the size of its hash`, () => {
      expect(key).to.have.length({ sha1: 20, sha256: 32, sha512: 64 }[algorithm]);
    });
    for (const [time, code] of vectors.startingWith(`${algorithm} `))
      it(`${algorithm} at ${time} s`, () => {
        const step = timeStep(Number(time) * 1000, 30);
        expect(hotp({ key, algorithm, digits: 8 }, step)).to.equal(code);
        expect(matchingSteps({ key, algorithm, digits: 8 }, code, step, 0)).to.deep.equal([step]);
      });
  }
});

describe('factor/oath: time steps (RFC 6238 section 4.2)', () => {
  for (const [now, period, step] of [
    [0, 30, 0],
    [29_999, 30, 0],
    [30_000, 30, 1],
    [59_999, 60, 0],
    [60_000, 60, 1],
    [1_700_000_000_000, 30, 56_666_666],
    [2 ** 42, 30, 146_601_550],
  ] as const)
    it(`${now} ms in steps of ${period} s is step ${step}`, () => {
      expect(timeStep(now, period)).to.equal(step);
    });
});

describe('factor/oath: the window (RFC 6238 section 5.2)', () => {
  const oath: OathKey = { key: Buffer.from('12345678901234567890'), algorithm: 'sha1', digits: 6 };
  const at = (step: number): string => hotp(oath, step);

  for (const [window, accepted] of [
    [0, [0]],
    [1, [-1, 0, 1]],
    [2, [-2, -1, 0, 1, 2]],
  ] as const)
    it(`of ${window} takes the codes of ${accepted.join(', ')} and of no other step`, () => {
      const steps = Array.from({ length: 21 }, (_, i) => i - 10);
      const taken = steps.filter((distance) => matchingSteps(oath, at(1000 + distance), 1000, window).length > 0);
      expect(taken).to.deep.equal(accepted);
      for (const distance of accepted)
        expect(matchingSteps(oath, at(1000 + distance), 1000, window)).to.deep.equal([1000 + distance]);
    });

  it('has no steps before the first', () => {
    expect(matchingSteps(oath, at(0), 0, 5)).to.deep.equal([0]);
    expect(matchingSteps(oath, at(3), 0, 5)).to.deep.equal([3]);
  });

  it('gives every step that has the code, the nearest first', () => {
    // A code of one digit is that of many steps; the function itself does not care how many digits there are.
    const short: OathKey = { ...oath, digits: 1 };
    const step = 1000;
    const code = hotp(short, step);
    const expected = [0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6, -7, 7, -8, 8]
      .map((distance) => step + distance)
      .filter((each) => hotp(short, each) === code);
    expect(expected.length).to.be.above(1);
    expect(matchingSteps(short, code, step, 8)).to.deep.equal(expected);
  });

  it('compares whole codes: neither a part of one nor one with more is right', () => {
    const code = at(5);
    for (const wrong of ['', code.slice(0, 5), code.slice(1), `${code}0`, `0${code}`, ` ${code}`])
      expect(matchingSteps(oath, wrong, 5, 1), wrong).to.deep.equal([]);
  });
});

describe('factor/oath: otplib as an independent judge', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  /** RFC 4648 section 6, without padding. */
  function base32(octets: Uint8Array): string {
    const bits = [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
    return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
  }

  it('computes the same codes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        fc.constantFrom<Algorithm>(...algorithms),
        fc.constantFrom<6 | 8>(6, 8),
        fc.constantFrom(30, 60),
        fc.integer({ min: 0, max: 20_000_000_000 }),
        (octets, algorithm, digits, period, epoch) => {
          const code = generateSync({ secret: base32(octets), epoch, period, digits, algorithm });
          const oath = { key: Buffer.from(octets), algorithm, digits };
          const step = timeStep(epoch * 1000, period);
          expect(hotp(oath, step)).to.equal(code);
          expect(matchingSteps(oath, code, step + 1, 1)).to.include(step);
        },
      ),
      { numRuns: 300 },
    );
  });
});
