import type { Message } from '../../src/deliver/channel.ts';

/** A text message with a code. */
export function aMessage(more: Partial<Message> = {}): Message {
  return {
    id: 'message-1',
    method: 'sms',
    to: '+33612345612',
    extension: null,
    from: 'RADGATE',
    text: '918273 is your code for the VPN & "more".',
    subject: null,
    code: '918273',
    language: 'en',
    ...more,
  };
}
