import { expect } from 'chai';
import { loadTexts } from '../../../src/deliver/load-texts.ts';
import { renderAlert, renderEnrolment, renderNotice, type NoticeFacts } from '../../../src/deliver/render-notice.ts';
import { shortMessages } from '../../../src/deliver/short-messages.ts';

const at = Date.UTC(2024, 0, 2, 12);
const link = 'https://mfa.corp.example/a/Zm9vYmFyYmF6cXV4LTEyMw';
const facts = (language: string, more: Partial<NoticeFacts> = {}): NoticeFacts => ({
  user: 'alice',
  application: 'the VPN',
  client: 'vpn-paris',
  device: '198.51.100.7',
  at,
  link,
  reference: null,
  lifetime: 60_000,
  language,
  ...more,
});

describe('deliver: notices in words', () => {
  const notMe: Readonly<Record<string, string>> = { en: 'This was not me', fr: "Ce n'était pas moi" };

  for (const [language, { notice }] of Object.entries(loadTexts(undefined))) {
    it(`${language}: a text message asks, holds the link, and is one message in GSM-7`, () => {
      const { text, subject } = renderNotice('sms', notice, facts(language, { application: 'the VPN of Example' }));
      expect(text).to.contain('the VPN of Example').and.contain(link);
      expect(subject).to.equal(null);
      const { coding, segments } = shortMessages(text, 0);
      expect([coding, segments.length]).to.deep.equal([0, 1]);
    });

    it(`${language}: a mail says who, to what, from where and when, and what to press if it was not asked for`, () => {
      const { text, subject } = renderNotice('email', notice, facts(language));
      for (const part of ['alice', 'the VPN', '198.51.100.7', '2024', link, notMe[language]])
        expect(text).to.contain(part);
      expect(subject).to.contain('the VPN').and.not.contain(link);
    });

    it(`${language}: a notification shows no link, which its buttons hold`, () => {
      const { text, subject } = renderNotice('notify', notice, facts(language));
      expect(text).to.contain('198.51.100.7').and.not.contain('https:');
      expect(subject).to.contain('the VPN');
    });

    it(`${language}: administrators are told the user, the application, the client, the device and the time`, () => {
      const { text, subject } = renderAlert(notice, facts(language));
      for (const part of ['alice', 'the VPN', 'vpn-paris', '198.51.100.7', '2024', notMe[language]])
        expect(text).to.contain(part);
      expect(text).not.to.contain(link);
      expect(subject).to.contain('alice').and.contain('the VPN');
    });

    it(`${language}: who is to register gets the link, and until when it is good`, () => {
      const { text, subject } = renderEnrolment(notice, { link, until: at, application: 'the VPN', language });
      expect(text).to.contain(link).and.contain('2024').and.contain('the VPN');
      expect(subject).to.contain('the VPN');
    });

    it(`${language}: leaves no place unfilled, and a device that is not known is a dash`, () => {
      const all = [
        renderNotice('sms', notice, facts(language)),
        renderNotice('email', notice, facts(language, { device: null })),
        renderNotice('notify', notice, facts(language)),
        renderAlert(notice, facts(language)),
        renderEnrolment(notice, { link, until: at, application: 'the VPN', language }),
      ];
      expect(JSON.stringify(all)).not.to.match(/\{[a-z_]+\}/);
      expect(all[1]?.text).to.match(/: -\n/);
    });
  }

  it('a name with a line break makes no further header of a mail, and one with a place fills nothing in', () => {
    const { notice } = loadTexts(undefined)['en'] ?? expect.fail('no English');
    const { text, subject } = renderAlert(notice, facts('en', { user: 'eve\nBcc: all', device: '{link}' }));
    expect(subject).to.match(/^eve Bcc: all reports/);
    expect(text).to.contain('Device: {link}');
  });
});
