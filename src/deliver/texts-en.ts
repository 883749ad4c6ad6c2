import type { Texts } from './texts.ts';

export const english: Texts = {
  message: {
    sms: '{code} is your code for {application}. It is good for {minutes} min. Give it to nobody who asks for it.',
    voice:
      'Hello. Your code for {application} is: {digits}.\nOnce more, your code is: {digits}.\nGive it to nobody who asks for it. Goodbye.',
    subject: 'Your code for {application}',
    email:
      'Your code for {application} is\n\n    {code}\n\nIt is good for {minutes} min and for one login.\n\nGive it to nobody who asks for it. If you are not logging in just now, somebody knows your password: tell your help desk.\n',
  },
  prompt: {
    sent_sms: 'Code sent to {target}',
    sent_voice: 'Calling {target} with your code',
    sent_email: 'Code sent to {target}',
    enter: 'Enter your code',
    wrong: 'Wrong code.',
    used: 'That code was used already.',
    unavailable: 'That is not one of your ways to log in.',
    limited: 'Too many codes were sent to you. The next one can be sent in {wait}.',
    limited_all: 'No codes can be sent just now. Try again in {wait}, or choose another way.',
    no_number: 'There is no phone number of yours that a code can be sent to.',
    no_address: 'There is no e-mail address of yours that a code can be sent to.',
    or: 'or type',
    answer: 'Code',
  },
  names: {
    app: 'app or token',
    sms: 'text message',
    voice: 'phone call',
    email: 'e-mail',
    resend: 'send another code',
  },
  words: {
    app: ['app', 'token', 'totp'],
    sms: ['sms', 'text'],
    voice: ['call', 'voice', 'phone'],
    email: ['mail', 'email', 'e-mail'],
    resend: ['resend', 'again'],
  },
};
