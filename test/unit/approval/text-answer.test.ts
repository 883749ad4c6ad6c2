import { expect } from 'chai';
import { newReference, readTextAnswer } from '../../../src/approval/text-answer.ts';

describe('approval: an answer by text', () => {
  it('is a word and a reference, in any order and case', () => {
    for (const body of ['yes K7MPQ2', 'K7MPQ2 YES', ' Oui  k7mpq2. ', '"yes K7MPQ2"', 'y\nK7MPQ2'])
      expect(readTextAnswer(body), body).to.deep.equal({ decision: 'approve', reference: 'K7MPQ2' });
    expect(readTextAnswer('no K7MPQ2')).to.have.property('decision', 'decline');
    expect(readTextAnswer('fraud K7MPQ2')).to.have.property('decision', 'fraud');
  });

  it('is nothing else: a word alone, a reference alone, both words, a reference of another length', () => {
    for (const body of [
      '',
      'yes',
      'K7MPQ2',
      'yes no K7MPQ2',
      'yes K7MPQ',
      'yes K7MPQ22',
      'yes K7MPQ0',
      'constructor K7MPQ2',
    ])
      expect(readTextAnswer(body), body).to.equal(undefined);
  });

  it('holds a reference that it can read', () => {
    for (let i = 0; i < 256; i += 6) {
      const reference = newReference(Buffer.from([i, i + 1, i + 2, i + 3, i + 4, i + 5].map((each) => each % 256)));
      expect(readTextAnswer(`yes ${reference}`)).to.deep.equal({ decision: 'approve', reference });
    }
  });
});
