import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { filePath } from '../values/file-path.ts';
import { flag } from '../values/flag.ts';
import { oneOrMore } from '../values/list.ts';
import { ntfyTopic } from '../values/ntfy-topic.ts';
import { password } from '../values/password.ts';
import { sender } from '../values/prefix.ts';
import { price } from '../values/price.ts';
import { fixedHeader, formTemplate, headerTemplate, jsonPath, jsonTemplate, urlTemplate } from '../values/template.ts';
import { secureUrl, webUrl } from '../values/web-url.ts';
import { sharedSecret } from '../values/shared-secret.ts';
import { serviceEndpoint } from '../values/service-endpoint.ts';
import { name, text } from '../values/text.ts';
import { wholeNumber } from '../values/whole-number.ts';

const senders = {
  type: oneOrMore(sender),
  example: ['RADGATE', '+1=+15551234567'],
  doc: 'What messages come from: a number or a name, for all numbers or those of a prefix. Of several for one prefix each number keeps one.',
} as const;

export const provider = {
  doc: 'Who takes messages to people. Those with the same channel are asked in the order of this file, until one has taken the message.',
  many: true,
  optional: true,
  rows: {
    name: {
      type: name,
      required: true,
      example: 'gateway',
      doc: 'What logs and "radgate deliver" call it; unique.',
    },
    type: {
      type: choice('http', 'twilio', 'smpp', 'smtp', 'ntfy', 'webhook', 'file'),
      required: true,
      example: 'http',
      doc: '"http": any gateway with an HTTP interface. "twilio", "smpp" (3.4) and "smtp": those. "ntfy" and "webhook": notifications of logins to approve. "file": a directory, for labs.',
    },
    timeout: {
      type: duration('1s', '60s'),
      default: '8s',
      doc: 'How long it may take for one message; then the next provider is asked.',
    },
    price: {
      type: price,
      example: '0.075 EUR',
      doc: 'What it takes for one message, for "radgate report delivery".',
    },
  },
  variants: {
    http: {
      channel: {
        type: oneOrMore(choice('sms', 'voice', 'email')),
        required: true,
        example: ['sms'],
        doc: 'What it sends: text messages, calls that read the code, e-mail.',
      },
      url: {
        type: urlTemplate,
        required: true,
        example: 'https://sms.example/send',
        doc: 'Where messages are sent to. It may hold places, such as {to}; a redirect is not followed.',
      },
      method: {
        type: choice('POST', 'GET', 'PUT'),
        default: 'POST',
        doc: 'The method of the request.',
      },
      form: {
        type: formTemplate,
        example: 'to={to}&from={from}&text={text}',
        doc: 'The body, as a form.',
      },
      json: {
        type: jsonTemplate,
        example: '{"to":"{to}","text":"{text}"}',
        doc: 'The body, as JSON. Of this and form there is one at most.',
      },
      header: {
        type: oneOrMore(headerTemplate),
        example: ['Authorization: Bearer {token}'],
        doc: 'Further headers.',
      },
      token: {
        type: password,
        example: 'gateway.token',
        doc: 'The secret that stands for {token} in the templates.',
      },
      username: {
        type: text(1, 253),
        example: 'radgate',
        doc: 'The user name of Basic authentication.',
      },
      password: {
        type: password,
        example: 'gateway.password',
        doc: 'The password of Basic authentication.',
      },
      answers_secret: {
        type: sharedSecret,
        example: 'gateway.answers.secret',
        doc: 'With it texts about logins may be answered: the answers are posted to [web] url + /texts/NAME, signed with it. See docs/approvals.md.',
      },
      sender: senders,
      success_status: {
        type: oneOrMore(wholeNumber(200, 299)),
        example: [200, 202],
        doc: 'The statuses that mean that it was taken, if not all from 200 to 299 do.',
      },
      success_path: {
        type: jsonPath,
        example: 'messages.0.status',
        doc: 'Where in the JSON answer stands that it was taken; without it the status alone tells.',
      },
      success_value: {
        type: oneOrMore(text(1, 100)),
        example: ['0', 'accepted'],
        doc: 'What stands there then; without it anything does.',
      },
      id_path: {
        type: jsonPath,
        example: 'messages.0.id',
        doc: 'Where stands what the provider calls the message, for the help desk.',
      },
      error_path: {
        type: jsonPath,
        example: 'error.message',
        doc: 'Where stands why it was refused, for the log.',
      },
    },
    twilio: {
      channel: {
        type: oneOrMore(choice('sms', 'voice')),
        required: true,
        example: ['sms', 'voice'],
        doc: 'What it sends: text messages, calls that read the code.',
      },
      account_sid: {
        type: text(34, 34),
        required: true,
        example: 'ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        doc: 'The account.',
      },
      auth_token: {
        type: password,
        required: true,
        example: 'twilio.token',
        doc: 'Its token, or the secret of the API key.',
      },
      api_key: {
        type: text(34, 34),
        example: 'SKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        doc: "The SID of an API key, whose secret auth_token then is. Better than the account's own token: it can be withdrawn alone.",
      },
      answers_token: {
        type: password,
        example: 'twilio.account.token',
        doc: "The account's own token, by which Twilio signs what it posts. With it texts about logins may be answered; Twilio posts the answers to [web] url + /texts/NAME. See docs/approvals.md.",
      },
      sender: senders,
      messaging_service: {
        type: text(34, 34),
        example: 'MGxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        doc: 'A messaging service, in place of sender for text messages.',
      },
      voice: {
        type: text(1, 64),
        example: 'Polly.Lea',
        doc: "Whose voice reads the code, if not Twilio's default.",
      },
      url: {
        type: urlTemplate,
        default: 'https://api.twilio.com',
        doc: 'Where its interface is: another for a region.',
      },
    },
    smpp: {
      channel: {
        type: oneOrMore(choice('sms')),
        default: ['sms'],
        doc: 'It sends text messages.',
      },
      server: {
        type: serviceEndpoint,
        required: true,
        example: 'smsc.example:2775',
        doc: 'The SMSC, with its port.',
      },
      tls: {
        type: flag,
        default: false,
        doc: 'Whether it speaks TLS. Without it everyone on the way reads the codes: use a VPN to it then.',
      },
      ca_file: {
        type: filePath,
        example: '/etc/radgate/smsc-ca.pem',
        doc: 'The authority of its certificate (PEM), if it is none of the public ones.',
      },
      system_id: {
        type: text(1, 15),
        required: true,
        example: 'radgate',
        doc: 'The name to bind with.',
      },
      password: {
        type: password,
        required: true,
        example: 'smpp.password',
        doc: 'The password to bind with, at most 8 octets by the standard.',
      },
      system_type: {
        type: text(0, 12),
        default: '',
        doc: 'What some servers want to be told.',
      },
      answers: {
        type: flag,
        default: false,
        doc: 'With it texts about logins may be answered: the SMSC hands the answers over by the same connection (deliver_sm, data_sm), which then always stays bound. See docs/approvals.md.',
      },
      sender: senders,
      enquire_every: {
        type: duration('5s', '300s'),
        default: '30s',
        doc: 'How often the idle connection is tried (enquire_link).',
      },
    },
    smtp: {
      channel: {
        type: oneOrMore(choice('email')),
        default: ['email'],
        doc: 'It sends e-mail.',
      },
      server: {
        type: serviceEndpoint,
        required: true,
        example: 'mail.example:587',
        doc: 'The mail server, with its port.',
      },
      tls: {
        type: choice('starttls', 'implicit', 'none'),
        default: 'starttls',
        doc: '"starttls" and "implicit" (port 465) accept nothing but TLS. "none" is for a server on this host.',
      },
      ca_file: {
        type: filePath,
        example: '/etc/radgate/mail-ca.pem',
        doc: 'The authority of its certificate (PEM), if it is none of the public ones.',
      },
      username: {
        type: text(1, 253),
        example: 'radgate',
        doc: 'The user to authenticate as.',
      },
      password: {
        type: password,
        example: 'mail.password',
        doc: "That user's password.",
      },
      from: {
        type: text(3, 253),
        required: true,
        example: 'Login <login@corp.example>',
        doc: 'Who mails are from.',
      },
    },
    ntfy: {
      channel: {
        type: oneOrMore(choice('notify')),
        default: ['notify'],
        doc: 'It sends notifications.',
      },
      url: {
        type: webUrl,
        required: true,
        example: 'https://ntfy.corp.example',
        doc: 'The ntfy server: your own, since notifications hold the links by which logins are approved.',
      },
      topic: {
        type: ntfyTopic,
        required: true,
        example: 'radgate-{user}',
        doc: 'Each user\'s topic: {user} is the user\'s name, all but letters, digits and "-" as their octets. Let nobody but the user read it.',
      },
      token: {
        type: password,
        example: 'ntfy.token',
        doc: 'An access token that may publish.',
      },
    },
    webhook: {
      channel: {
        type: oneOrMore(choice('notify')),
        default: ['notify'],
        doc: 'It sends notifications.',
      },
      url: {
        type: secureUrl,
        required: true,
        example: 'https://push.corp.example/radgate',
        doc: 'Where each notice is posted as JSON.',
      },
      header: {
        type: oneOrMore(fixedHeader),
        example: ['X-Tenant: vpn'],
        doc: 'Further headers.',
      },
      secret: {
        type: sharedSecret,
        required: true,
        example: 'webhook.secret',
        doc: 'What the header X-Radgate-Signature is made with: t=SECONDS,v1=HMAC-SHA-256 of SECONDS.BODY in hexadecimal.',
      },
    },
    file: {
      channel: {
        type: oneOrMore(choice('sms', 'voice', 'email', 'notify')),
        default: ['sms', 'voice', 'email'],
        doc: 'What it writes down.',
      },
      directory: {
        type: filePath,
        required: true,
        example: '/tmp/radgate-messages',
        doc: 'Where messages are written, one file each. Refused unless [deliver] says lab = true.',
      },
    },
  },
} as const satisfies Section;
