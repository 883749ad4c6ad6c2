import type { Section } from '../row.ts';
import { autoOrFlag, choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { flag } from '../values/flag.ts';
import { deviceAttributeName, profileName } from '../values/profile.ts';
import { oneOrMore } from '../values/list.ts';
import { network } from '../values/network.ts';
import { sharedSecret } from '../values/shared-secret.ts';
import { name } from '../values/text.ts';

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
      default: 'auto',
      doc: 'Whether requests must carry Message-Authenticator, which stops forgeries (CVE-2024-3596). "require" if the device sends it always; "auto" requires it of a source address once it has sent one; "off" only for a device that sends it now and then.',
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
      doc: 'Whether a code is asked for. "if-enrolled", while you roll tokens out, lets users without one pass on their password alone; "none" lets everyone.',
    },
    accounting: {
      type: choice('auto', 'record', 'off'),
      default: 'auto',
      doc: 'What becomes of its Accounting-Requests. "auto" relays them to the servers of its primary, or records them in the store where that has none; "record" records them in any case; "off" answers none.',
    },
    profile: {
      type: profileName,
      example: 'fortigate',
      doc: 'What kind of device it is: docs/profiles.md says which other keys this sets, and what they are then. What stands here goes before it.',
    },
    proxy: {
      type: flag,
      derived: 'what profile says, else `false`',
      example: false,
      doc: 'Set it for NPS and other RADIUS proxies, which add Proxy-State to all that they send.',
    },
    passwordless: {
      type: flag,
      derived: 'what profile says, else `false`',
      example: false,
      doc: 'Whether requests without any password are relayed to the upstream as they are: this client has authenticated the user itself, as RD Gateway does. A second factor is then asked for always, whatever factor says. Only for a client whose word you take for that.',
    },
    approval: {
      type: choice('auto', 'first', 'off'),
      default: 'auto',
      doc: 'When the user is asked for an approval on the phone: "auto" where the device cannot ask for a code; "first" wherever it can be asked for, and a code is the way out; "off" never.',
    },
    device_attribute: {
      type: deviceAttributeName,
      derived: 'what profile says, else `"Calling-Station-Id"`',
      example: 'Calling-Station-Id',
      doc: 'Which attribute tells from which device a login comes. Requests that agree in it may share one approval, so it should be one that nobody else can send in the name of the user; "none" lets none share.',
    },
    application: {
      type: name,
      example: 'the VPN',
      doc: 'What messages and prompts call what the user logs in to. Without it they say its name.',
    },
    prompt_format: {
      type: choice('short', 'console', 'html'),
      default: 'short',
      doc: 'How it shows prompts: "short" is one line of 253 octets at most, "console" has lines with a menu, "html" the same for a web page.',
    },
    deadline: {
      type: duration('1s', '120s'),
      derived: 'what profile says, else `"10s"`',
      example: '10s',
      doc: 'How long this NAS waits for an answer altogether, its retries included; nothing is worked on for longer. FortiGate gives up after 5 s unless told otherwise.',
    },
  },
} as const satisfies Section;
