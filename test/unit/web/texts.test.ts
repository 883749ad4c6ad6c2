import { expect } from 'chai';
import { languageWanted, pageTexts } from '../../../src/web/texts.ts';

describe('the languages of the pages', () => {
  for (const [header, language] of [
    [undefined, 'en'],
    ['', 'en'],
    ['fr', 'fr'],
    ['FR-ca;q=0.9, en;q=0.8', 'fr'],
    ['de, fr;q=0.5', 'fr'],
    ['de, nl', 'en'],
    ['constructor, fr', 'fr'],
  ] as const)
    it(`${header ?? 'no header'}: ${language}`, () => {
      expect(languageWanted(header)).to.equal(language);
    });

  it('a region has the texts of its language, and a language that there is not has English ones', () => {
    expect(pageTexts('fr-CH').texts).to.equal(pageTexts('fr').texts);
    expect(pageTexts('toString')).to.deep.equal({ language: 'en', texts: pageTexts('en').texts });
  });
});
