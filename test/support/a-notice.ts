import type { Message } from '../../src/deliver/channel.ts';
import type { Actions } from '../../src/store/outbox.ts';
import { aMessage } from './a-message.ts';

/** What stands at the end of the address of a notice's page. */
export const noticeSecret = 'Zm9vYmFyYmF6cXV4LTEyMw';
const link = `https://mfa.corp.example/a/${noticeSecret}`;

/** A notification about a login that waits for an answer. */
export function aNotice(more: Partial<Message> = {}, about: Partial<Actions> = {}): Message {
  return aMessage({
    method: 'notify',
    to: 'alice',
    from: undefined,
    text: 'From 198.51.100.7. If this is not you, decline.',
    subject: 'Approve your login to the VPN?',
    code: '',
    actions: {
      link,
      approve: `${link}/approve`,
      decline: `${link}/decline`,
      application: 'the VPN',
      client: 'vpn',
      device: '198.51.100.7',
      at: Date.UTC(2024, 0, 1, 12),
      expires: Date.UTC(2024, 0, 1, 12, 1),
      ...about,
    },
    ...more,
  });
}
