import { expect } from 'chai';
import * as fc from 'fast-check';
import { english } from '../../../src/deliver/texts-en.ts';
import { limitedNote, noTargetNote, promptTexts, sentQuestion } from '../../../src/deliver/texts.ts';
import { formatPrompt, type PromptParts } from '../../../src/policy/prompt.ts';

const texts = promptTexts(english);
const parts: PromptParts = {
  question: sentQuestion(english, 'sms', '+33 ** ** ** 12'),
  menu: ['app', 'voice'],
  resend: true,
};

describe('policy/prompt', () => {
  it('is one line in the short format', () => {
    expect(formatPrompt({ ...parts, menu: [], resend: false }, 'short', texts)).to.equal(
      'Code sent to +33 ** ** ** 12: ',
    );
    expect(formatPrompt({ ...parts, note: 'Wrong code.' }, 'short', texts)).to.equal(
      'Wrong code. Code sent to +33 ** ** ** 12 (or type app, call, resend): ',
    );
  });

  it('has a menu in the others', () => {
    expect(formatPrompt(parts, 'console', texts)).to.equal(
      'Code sent to +33 ** ** ** 12\n1 - app or token\n2 - phone call\nresend - send another code\nCode: ',
    );
    expect(formatPrompt({ ...parts, question: '<b>&' }, 'html', texts)).to.equal(
      '&lt;b&gt;&amp;<br>1 - app or token<br>2 - phone call<br>resend - send another code<br>Code: ',
    );
  });

  it('fits what it must, whatever it says, and ends with ": "', () => {
    const some = fc.record({
      question: fc.string({ unit: 'grapheme', maxLength: 600 }),
      note: fc.string({ unit: 'grapheme', maxLength: 600 }),
      resend: fc.boolean(),
    });
    fc.assert(
      fc.property(some, (given) => {
        for (const [format, room] of [
          ['short', 253],
          ['console', 506],
          ['html', 506],
        ] as const) {
          const text = formatPrompt({ ...parts, ...given }, format, texts);
          expect(Buffer.byteLength(text)).to.be.at.most(room);
          expect(text).to.match(/: $/);
          if (format === 'html') expect(text.replaceAll(/&(amp|lt|gt|quot|#39);|<br>/g, '')).not.to.match(/[<>&]/);
        }
      }),
    );
  });

  it('says when the next code can be sent, and never too early', () => {
    expect(limitedNote(english, 'user', 61_000, 0)).to.contain('in 2 min.');
    expect(limitedNote(english, 'total', 3 * 3_600_000, 0)).to.contain('in 3 h,');
    expect(noTargetNote(english, 'email')).to.contain('e-mail');
  });
});
