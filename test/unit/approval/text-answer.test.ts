import { expect } from 'chai';
import { newReference, readTextAnswer as read, type TextAnswer } from '../../../src/approval/text-answer.ts';
import { answerWords, usualWords } from '../../../src/policy/answer-words.ts';

const readTextAnswer = (body: string): TextAnswer | undefined => read(body, usualWords);

describe('approval: an answer by text', () => {
  it('is a word and a reference, in any order and case', () => {
    for (const body of ['yes K7MPQ2', 'K7MPQ2 YES', ' Oui  k7mpq2. ', '"yes K7MPQ2"', 'y\nK7MPQ2'])
      expect(readTextAnswer(body), body).to.deep.equal({ decision: 'approve', reference: 'K7MPQ2' });
    expect(readTextAnswer('no K7MPQ2')).to.have.property('decision', 'decline');
    expect(readTextAnswer('fraud K7MPQ2')).to.have.property('decision', 'fraud');
  });

  it('is a reference alone, which says yes', () => {
    for (const body of ['K7MPQ2', ' k7mpq2.', '"K7MPQ2"'])
      expect(readTextAnswer(body), body).to.deep.equal({ decision: 'approve', reference: 'K7MPQ2' });
  });

  it('may be in the words of other languages besides', () => {
    const words = answerWords([{ approve: ['Sí', 'si'], decline: ['não'], fraud: [] }]);
    for (const [body, decision] of [
      ['si K7MPQ2', 'approve'],
      ['K7MPQ2 SI\u0301', 'approve'],
      ['Não K7MPQ2', 'decline'],
      ['JA K7MPQ2', 'approve'],
      ['Nein K7MPQ2', 'decline'],
      ['yes K7MPQ2', 'approve'],
      ['Betrug K7MPQ2', 'fraud'],
    ] as const)
      expect(read(body, words), body).to.deep.equal({ decision, reference: 'K7MPQ2' });
    expect(readTextAnswer('si K7MPQ2')).to.equal(undefined);
  });

  it('is nothing else: a word alone, both words, two references, a reference of another length', () => {
    for (const body of [
      '',
      'yes',
      'fraude',
      'Betrug',
      'K7MPQ2 K7MPQ2',
      'not me K7MPQ2',
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
