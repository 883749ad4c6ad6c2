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
  notice: {
    sms: 'Logging in to {application}? Approve or decline: {link}',
    sms_answer: 'Or answer: yes {reference} / no {reference}',
    answer_over:
      'That login is over, or this is not the number that was asked. Nothing was approved. Log in again and answer the new text.',
    answer_unclear: 'Answer a login with yes or no and the six characters that its text shows. Nothing was approved.',
    call: 'Somebody is logging in to {application} with your name.\nIf it is you, press {approve}.\nIf it is not you, press {fraud}.\nAny other key declines.',
    call_approved: 'Thank you. You are logged in.',
    call_declined: 'Thank you. The login was refused.',
    call_over: 'That login is over. Nothing was approved. Goodbye.',
    subject: 'Approve your login to {application}?',
    email:
      'Somebody is logging in to {application} with your name and password.\n\n    Name: {user}\n    From: {device}\n    Time: {time}\n\nIf it is you, approve it here:\n\n    {link}\n\nIf it is not you, open the same page and press "This was not me": somebody knows your password.\n',
    notification: 'From {device}, {time}. If this is not you, decline.',
    alert_subject: '{user} reports a login to {application} as not his own',
    alert:
      'A user was asked to approve a login and pressed "This was not me". Somebody knows the password.\n\n    User: {user}\n    Application: {application} ({client})\n    Device: {device}\n    Time: {time}\n\nThe login was rejected, and the user gets no approvals and no codes for a while. Have the password changed, then run "radgate user unlock".\n',
    enrol_subject: 'Set up your second factor for {application}',
    enrol:
      'From now on you log in to {application} with your password and a second factor, such as an app on your phone.\n\nSet it up here, best on that phone:\n\n    {link}\n\nThe link is yours alone, works once, and until {until}.\n',
  },
  prompt: {
    sent_sms: 'Code sent to {target}',
    sent_voice: 'Calling {target} with your code',
    sent_email: 'Code sent to {target}',
    approval:
      'Open your approvals on the phone, or the link that was sent, enter or pick {number} there, then type the code that it shows',
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
    approval: 'approve on your phone',
    sms: 'text message',
    voice: 'phone call',
    email: 'e-mail',
    resend: 'send another code',
  },
  words: {
    app: ['app', 'token', 'totp'],
    approval: ['approve', 'push', 'link'],
    sms: ['sms', 'text'],
    voice: ['call', 'voice', 'phone'],
    email: ['mail', 'email', 'e-mail'],
    resend: ['resend', 'again'],
  },
  answers: { approve: [], decline: [], fraud: [] },
};
