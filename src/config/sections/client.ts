import { profileNames } from '../../policy/profiles/profiles.ts';
import type { Section } from '../row.ts';
import { autoOrFlag, choice } from '../values/choice.ts';
import { delimiter } from '../values/delimiter.ts';
import { duration } from '../values/duration.ts';
import { flag } from '../values/flag.ts';
import { oneOrMore } from '../values/list.ts';
import { network } from '../values/network.ts';
import { sharedSecret } from '../values/shared-secret.ts';
import { name } from '../values/text.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const client = {
  doc: 'A RADIUS client: a VPN appliance, a switch, a server with PAM, NPS as a proxy. One section for each; anyone else gets no answer.',
  many: true,
  needed: 'it says who may ask, and with which secret',
  rows: {
    name: {
      type: name,
      required: true,
      example: 'vpn',
      doc: 'What logs and audit rows call it; unique.',
    },
    address: {
      type: oneOrMore(network),
      required: true,
      example: '192.0.2.10',
      doc: 'Where its requests come from. Where networks of several clients overlap, the longest prefix wins.',
    },
    secret: {
      type: sharedSecret,
      required: true,
      example: 'vpn.secret',
      doc: 'The secret that is also entered in the device, 16 octets or more.',
    },
    secret_next: {
      type: sharedSecret,
      example: 'vpn-next.secret',
      doc: 'While you change the secret: the new one, accepted beside the old one on requests with Message-Authenticator.',
    },
    message_authenticator: {
      type: choice('require', 'auto', 'off'),
      derived: '`"auto"`, or as `profile` says',
      example: 'auto',
      doc: 'Whether requests must carry Message-Authenticator, which stops forgeries (CVE-2024-3596). "require" if the device sends it always; "auto" requires it of a source address once it has sent one (of 100,000 addresses at most: the log tells when there are more); "off" only for a device that sends it now and then.',
    },
    limit_proxy_state: {
      type: autoOrFlag,
      default: 'auto',
      doc: 'Whether to drop requests that carry Proxy-State but no Message-Authenticator, as the forgery of CVE-2024-3596 does. "auto" is true unless proxy is.',
    },
    primary: {
      type: name,
      derived: 'the only `[[primary]]`; required if there are several',
      example: 'nps',
      doc: 'The [[primary]] that checks the passwords of its users.',
    },
    factor: {
      type: choice('required', 'if-enrolled', 'none'),
      default: 'required',
      doc: 'Whether a code is asked for. "if-enrolled", while you roll tokens out, lets users pass on their password alone who have no second factor, not even one that cannot be used here; "none" lets everyone.',
    },
    accounting: {
      type: choice('auto', 'record', 'off'),
      default: 'auto',
      doc: 'What becomes of its Accounting-Requests. "auto" relays them to the servers of its primary, or records them in the store where that has none; "record" records them in any case; "off" answers none.',
    },
    proxy: {
      type: flag,
      derived: '`false`, or as `profile` says',
      example: false,
      doc: 'Set it for NPS and other RADIUS proxies, which add Proxy-State to all that they send.',
    },
    profile: {
      type: choice(...profileNames),
      default: 'generic',
      doc: 'What kind of device it is: it decides what deadline, proxy, passwordless, challenge, append, append_length, prompt_format, message_authenticator, acl_downloads and device_attribute are where they are left out. See docs/profiles.md.',
    },
    passwordless: {
      type: flag,
      derived: '`false`, or as `profile` says',
      example: false,
      doc: 'Whether to pass on requests without any password, for a client that has authenticated the user itself, as RD Gateway does. The user must approve each such login; no exemption counts.',
    },
    approval: {
      type: choice('auto', 'first', 'off'),
      default: 'auto',
      doc: 'When users are asked to approve on their phone (see [approval]): "auto" where no code can be asked for, and where the user or the group prefers it; "first" before a code as well; "off" never.',
    },
    challenge: {
      type: flag,
      derived: '`true`, or as `profile` says',
      example: true,
      doc: 'Whether it can show a prompt for a code (Access-Challenge). With false the user approves, or types the code with the password (see append).',
    },
    append: {
      type: choice('off', 'code-last', 'code-first'),
      derived: '`"off"`, or as `profile` says',
      example: 'off',
      doc: 'Whether a code, or a word such as "push" or "sms", may be typed in one line with the password, for a client that cannot ask for it: "code-last" is `password,123456`, "code-first" is `123456,password`. OpenVPN\'s SCRV1 is taken as well. See docs/append.md.',
    },
    append_delimiter: {
      type: delimiter,
      default: ',',
      doc: 'What stands between the two.',
    },
    append_length: {
      type: wholeNumber(6, 8),
      example: 6,
      doc: 'Takes so many digits at the end (or the beginning) for a code, without a delimiter: `password123456`. Words need the delimiter even so.',
    },
    acl_downloads: {
      type: flag,
      derived: '`false`, or as `profile` says',
      example: false,
      doc: 'Whether it may fetch ACLs (Cisco, User-Name "#ACSACL#-..."): such a signed request without a password logs nobody in, goes to the primary without a second factor, and only lines of an ACL come back. See docs/profiles.md.',
    },
    remember: {
      type: duration('1m', '1d'),
      example: '30m',
      doc: 'How long the second factor of a user counts on the same device (see device_attribute) at this client: within that time the password alone lets in. Without it, or without the attribute, it is asked for each time. See docs/remembering.md.',
    },
    application_passwords: {
      type: flag,
      default: false,
      doc: 'Whether passwords made by "radgate user app-password add" let in here, without a second factor and without asking the primary: for programs that have no second step. See docs/application-passwords.md.',
    },
    device_attribute: {
      type: choice(
        'Calling-Station-Id',
        'Tunnel-Client-Endpoint',
        'MS-Machine-Name',
        'PaloAlto-Client-Source-IP',
        'none',
      ),
      derived: '`"Calling-Station-Id"`, or as `profile` says',
      example: 'Calling-Station-Id',
      doc: "Which attribute tells the user's own device. Only a request from the same device may wait for an approval that another request has asked for.",
    },
    trust_device_address: {
      type: flag,
      default: false,
      doc: "Whether a [[policy]] may open by the address of the user's own device as this client tells it (network, not_network). Only for a client that takes it from the connection itself, never for one that passes on what it is told.",
    },
    application: {
      type: name,
      example: 'the VPN',
      doc: 'What messages and prompts call what the user logs in to. Without it they say its name.',
    },
    prompt_format: {
      type: choice('short', 'console', 'html'),
      derived: '`"short"`, or as `profile` says',
      example: 'short',
      doc: 'How it shows prompts: "short" is one line of 253 octets at most, "console" has lines with a menu, "html" the same for a web page.',
    },
    deadline: {
      type: duration('1s', '120s'),
      derived: '`"10s"`, or as `profile` says',
      example: '10s',
      doc: 'How long this NAS waits for an answer altogether, its retries included; nothing is worked on for longer. FortiGate gives up after 5 s unless told otherwise.',
    },
  },
} as const satisfies Section;
