import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { flag } from '../values/flag.ts';
import { oneOrMore } from '../values/list.ts';
import { network } from '../values/network.ts';
import { attributeValue, day, hours, timeZone, userName } from '../values/policy.ts';
import { groupReply } from '../values/group-reply.ts';
import { replyName, replyValue } from '../values/reply.ts';
import { name, text } from '../values/text.ts';
import { wholeNumber } from '../values/whole-number.ts';

const groupName = oneOrMore(text(1, 1024));

export const policy = {
  doc: 'A rule for who is asked for a second factor. The first whose conditions all hold decides; where none does, factor of the [[client]]. A condition that is left out is not looked at, and of a list one is enough. See docs/policies.md.',
  many: true,
  rows: {
    name: { type: name, required: true, example: 'staff', doc: 'What logs and audit rows call it; unique.' },
    decision: {
      type: choice('require', 'allow', 'deny', 'code-only'),
      required: true,
      example: 'require',
      doc: 'What follows: a second factor, none (which the audit tells as a bypass), a refusal, or a login by the code alone ("code-only", for devices that check the password elsewhere; it needs "client").',
    },
    client: { type: oneOrMore(name), example: ['vpn'], doc: 'The [[client]]s at which it holds.' },
    primary: {
      type: oneOrMore(name),
      example: ['nps'],
      doc: 'The [[primary]]s that check the password: by it rules for your own users leave those of a [[realm]] out.',
    },
    user: {
      type: oneOrMore(userName),
      example: ['backup'],
      doc: 'Users, in any spelling; a rule that refuses or asks holds for whatever a directory could take for the name. One without a domain is meant in any, but a rule that opens then holds for nobody in a [[realm]].',
    },
    not_user: { type: oneOrMore(userName), example: ['admin'], doc: 'All but these users.' },
    group: {
      type: groupName,
      example: 'VPN users',
      doc: "Groups of radgate's own store or of an LDAP primary, by name or DN, in any case and spelling.",
    },
    not_group: { type: groupName, example: 'Pilot', doc: 'Who is in none of these groups.' },
    network: {
      type: oneOrMore(network),
      example: ['192.0.2.0/24'],
      doc: "Where the user's own device is (device_attribute of the [[client]]). It opens only at clients with trust_device_address, and holds for nobody whose address the client does not tell.",
    },
    not_network: {
      type: oneOrMore(network),
      example: ['192.0.2.0/24'],
      doc: 'Who is in none of these networks, or whose address is not known for certain.',
    },
    protocol: {
      type: oneOrMore(choice('pap', 'chap', 'ms-chap', 'eap', 'none')),
      example: 'pap',
      doc: 'How the credential comes; "none" for a client with passwordless.',
    },
    attribute: {
      type: oneOrMore(attributeValue),
      example: ['NAS-Port-Type=Virtual'],
      doc: 'Attributes that must all be in the request, with these values.',
    },
    enrolled: {
      type: flag,
      example: true,
      doc: 'Whether the user has a second factor of any kind, if one that cannot be used here or now. See docs/policies.md.',
    },
    days: {
      type: oneOrMore(choice('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')),
      example: ['sat', 'sun'],
      doc: 'Days of the week.',
    },
    hours: {
      type: oneOrMore(hours),
      example: '08:00-18:00',
      doc: 'Hours of the day; "22:00-06:00" goes over midnight.',
    },
    from: { type: day, example: '2027-01-15', doc: 'The first day on which it holds.' },
    until: { type: day, example: '2027-03-01', doc: 'The first day on which it no longer holds.' },
    time_zone: { type: timeZone, default: 'UTC', doc: 'In which the days and hours are meant.' },
    percent: {
      type: wholeNumber(1, 100),
      example: 20,
      doc: 'So many of a hundred users, always the same ones; a larger number only adds users.',
    },
    methods: {
      type: oneOrMore(choice('app', 'approval', 'sms', 'voice', 'email')),
      example: ['approval', 'app'],
      doc: 'With decision = "require": what may be asked for, the first before the others. Recovery codes count beside any.',
    },
    unenrolled: {
      type: choice('deny', 'allow', 'link'),
      default: 'deny',
      doc: 'With decision = "require": what becomes of users without any second factor. "allow" lets them in on their password alone, and the audit tells it as a bypass; "link" refuses all who have none of the methods, and mails those whom radgate knows a link to register.',
    },
    unenrolled_until: {
      type: day,
      example: '2027-01-15',
      doc: 'With unenrolled = "allow": the first day on which they are refused.',
    },
    on_outage: {
      type: choice('deny', 'allow'),
      default: 'deny',
      doc: 'With decision = "require" and a user or group: what becomes of a user to whom nothing can be sent because no [[provider]] works, and who has no other method. "allow" lets in on the password alone, and the audit tells it as a bypass.',
    },
    text: {
      type: text(1, 500),
      example: 'From 15 January you need a code: see https://mfa.corp.example',
      doc: 'What users are told whom it refuses, or lets in without a second factor.',
    },
    reply: {
      type: oneOrMore(replyValue),
      example: ['Filter-Id=staff', 'Fortinet-Group-Name=VPN-Staff'],
      doc: 'Attributes of the Accept, each in place of all that the primary granted by its name; several of one name are several values. {attribute:NAME} stands for what an LDAP primary has of the user.',
    },
    reply_by_group: {
      type: oneOrMore(groupReply),
      example: ['VPN administrators -> Filter-Id=admins', 'VPN users -> Filter-Id=staff'],
      doc: 'The same for the members of a group; of one attribute the first group that the user is in counts, and "reply" is for the others.',
    },
    reply_add: {
      type: oneOrMore(replyValue),
      example: ['Cisco-AVPair=ip:addr-pool=staff'],
      doc: 'Attributes of the Accept beside those that the primary granted.',
    },
    reply_remove: {
      type: oneOrMore(replyName),
      example: ['Session-Timeout'],
      doc: 'Attributes that the primary may have granted and the Accept does not carry.',
    },
  },
} as const satisfies Section;
