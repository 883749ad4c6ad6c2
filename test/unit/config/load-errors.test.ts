import { expect } from 'chai';
import { OperatorError } from '../../../src/errors.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { ConfigError } from '../../../src/config/problem.ts';
import { client, primary, rest, Scratch } from './scratch.ts';

const directory =
  '[[primary]]\nname = "ad"\ntype = "ldap"\ndirectory = "ad"\nserver = "ldaps://dc1.corp.example"\nbase_dn = "DC=corp,DC=example"\n';
const service = 'bind_dn = "CN=radgate,DC=corp,DC=example"\nbind_password = "of the service account"\n';

/** A file, and all that is wrong with it. */
const goldens: readonly { readonly title: string; readonly toml: string; readonly problems: readonly string[] }[] = [
  { title: 'a whole config', toml: rest, problems: [] },
  {
    title: 'a slip in a key',
    toml: `${primary}${client}messag_authenticator = "require"`,
    problems: ['8: unknown key "messag_authenticator" in [[client]]; did you mean "message_authenticator"?'],
  },
  {
    title: 'a slip in the key of a secret',
    toml: `${primary}${client.replace('secret =', 'secret_flie =')}`,
    problems: [
      '4: [[client]] "vpn" lacks "secret", or one of "secret_file", "secret_env", "secret_credential"',
      '7: unknown key "secret_flie" in [[client]]; did you mean "secret_file"?',
    ],
  },
  {
    title: 'a key of another section',
    toml: `[lockout]\nattempts = 3\n${rest}`,
    problems: ['2: unknown key "attempts" in [lockout]; it belongs in [login]'],
  },
  {
    title: 'a key that is like no other',
    toml: `[log]\ncolour = true\n${rest}`,
    problems: ['2: unknown key "colour" in [log]; its keys are level, format, secret_age'],
  },
  {
    title: 'names that every JavaScript object has',
    toml: `[log]\nconstructor = 1\n__proto__ = 1\n[toString]\nx = 1\n${rest}`,
    problems: [
      '2: unknown key "constructor" in [log]; its keys are level, format, secret_age',
      '3: unknown key "__proto__" in [log]; its keys are level, format, secret_age',
      '4: unknown section "toString"; there are [listen], [store], [login], [lockout], [totp], [hotp], [deliver], [approval], [web], [control], [metrics], [log], [audit], [accounting], [[client]], [[primary]], [[realm]], [[provider]], [[siem]], [[group]], [[policy]]',
    ],
  },
  {
    title: 'pages in clear for this host alone',
    toml: `[web]\nlisten = ["127.0.0.1:8080", "[::1]:8080"]\nurl = "http://localhost:8080"\n${rest}`,
    problems: [],
  },
  {
    title: 'pages in clear behind a proxy',
    toml: `[web]\nlisten = "0.0.0.0:8080"\nurl = "https://mfa.example.com"\ntrusted_proxies = "192.0.2.3"\n${rest}`,
    problems: [],
  },
  {
    title: 'pages in clear for everyone',
    toml: `[web]\nlisten = ["127.0.0.1:8080", "192.0.2.1:8080"]\nurl = "https://mfa.example.com"\n${rest}`,
    problems: [
      '2: [web] would answer in clear on 192.0.2.1: give it "certificate" and "certificate_key", or name the proxy before it in "trusted_proxies"',
    ],
  },
  {
    title: 'pages without their address, and half a certificate',
    toml: `[web]\nlisten = "127.0.0.1:8443"\ncertificate = "web.pem"\n${rest}`,
    problems: [
      '2: [web] lacks "url", such as url = "https://mfa.corp.example"',
      '3: "certificate" and "certificate_key" in [web] go together',
    ],
  },
  {
    title: 'links that would be read on their way',
    toml: `[web]\nurl = "http://mfa.example.com"\n${rest}`,
    problems: ['2: "url" in [web] must be an address of https without a path, such as "https://mfa.corp.example"'],
  },
  {
    title: 'an unknown section',
    toml: `[[clients]]\nname = "x"\n[sms]\nx = 1\n${rest}`,
    problems: [
      '1: unknown section "clients"; did you mean [[client]]?',
      '3: unknown section "sms"; there are [listen], [store], [login], [lockout], [totp], [hotp], [deliver], [approval], [web], [control], [metrics], [log], [audit], [accounting], [[client]], [[primary]], [[realm]], [[provider]], [[siem]], [[group]], [[policy]]',
    ],
  },
  {
    title: 'a section in the brackets of the other kind',
    toml: `[client]\nname = "vpn"\n[[log]]\nlevel = "info"\n${primary}`,
    problems: [
      '1: client is a section: write [[client]] on a line of its own, and its options below',
      '3: log is a section: write [log] on a line of its own, and its options below',
    ],
  },
  {
    title: 'a section that is a value',
    toml: `listen = "127.0.0.1"\nclient = [1]\n${primary}`,
    problems: [
      '1: listen is a section: write [listen] on a line of its own, and its options below',
      '2: client is a section: write [[client]] on a line of its own, and its options below',
    ],
  },
  {
    title: 'keys before any section',
    toml: `level = "info"\nfoo = 1\nsecret = "0123456789abcdef"\n${rest}`,
    problems: [
      '1: key "level" stands before any section; write it below [log]',
      '2: key "foo" stands before any section; write it below the header of its section',
      '3: key "secret" stands before any section; write it below [[client]]',
    ],
  },
  {
    title: 'nothing at all',
    toml: '# empty\n',
    problems: [
      '1: at least one [[client]] is needed: it says who may ask, and with which secret',
      '1: at least one [[primary]] is needed: it says where passwords are checked',
    ],
  },
  {
    title: 'required keys left out',
    toml: '\n[[client]]\n[[primary]]\ntype = "radius"\n[[primary]]\n',
    problems: [
      '2: [[client]] lacks "name", such as name = "vpn"',
      '2: [[client]] lacks "address", such as address = "192.0.2.10"',
      '2: [[client]] lacks "secret", or one of "secret_file", "secret_env", "secret_credential"',
      '3: [[primary]] lacks "name", such as name = "nps"',
      '3: [[primary]] lacks "server", such as server = ["192.0.2.5:1812","192.0.2.6:1812"]',
      '3: [[primary]] lacks "secret", or one of "secret_file", "secret_env", "secret_credential"',
      '5: [[primary]] lacks "name", such as name = "nps"',
      '5: [[primary]] lacks "type", such as type = "radius"',
    ],
  },
  {
    title: 'a value of the wrong kind',
    toml: `[login]\nattempts = "3"\nprompt = 5\nreject_delay = 1\n[totp]\nwindow = 1.5\n${rest}server = 1`,
    problems: [
      '2: "attempts" in [login] must be a whole number from 1 to 10',
      '3: "prompt" in [login] must be text in quotes of 1 to 253 octets in UTF-8',
      '4: "reject_delay" in [login] must be a duration from "0s" to "5s": a whole number with ms, s, m, h or d, in quotes',
      '6: "window" in [totp] must be a whole number from 0 to 10',
      '14: unknown key "server" in [[primary]]; it is for type = "radius" or "ldap" only',
    ],
  },
  {
    title: 'values out of range',
    toml: [
      '[login]',
      'attempts = 0',
      'reject_delay = "5001ms"',
      'challenge_timeout = "16m"',
      'duplicate_window = "4s"',
      'drain = "2m"',
      `prompt = "${'ä'.repeat(127)}"`,
      'prompt_again = ""',
      'max_waiting = 0',
      'max_pending = nan',
      '[lockout]',
      'failures = 101',
      '[totp]',
      'window = 11',
      'issuer = "a:b"',
      rest,
    ].join('\n'),
    problems: [
      '2: "attempts" in [login] must be a whole number from 1 to 10',
      '3: "reject_delay" in [login] must be a duration from "0s" to "5s": a whole number with ms, s, m, h or d, in quotes',
      '4: "challenge_timeout" in [login] must be a duration from "30s" to "900s": a whole number with ms, s, m, h or d, in quotes',
      '5: "duplicate_window" in [login] must be a duration from "5s" to "30s": a whole number with ms, s, m, h or d, in quotes',
      '6: "drain" in [login] must be a duration from "1s" to "60s": a whole number with ms, s, m, h or d, in quotes',
      '7: "prompt" in [login] must be text in quotes of 1 to 253 octets in UTF-8',
      '8: "prompt_again" in [login] must be text in quotes of 1 to 253 octets in UTF-8',
      '9: "max_waiting" in [login] must be a whole number from 1 to 1000000',
      '10: "max_pending" in [login] must be a whole number from 1 to 1000000',
      '12: "failures" in [lockout] must be a whole number from 1 to 100',
      '14: "window" in [totp] must be a whole number from 0 to 10',
      '15: "issuer" in [totp] must not hold a colon (":"), which ends it in an otpauth URI',
    ],
  },
  {
    title: 'words that are none of the choices',
    toml: `${primary}${client}message_authenticator = "required"\nlimit_proxy_state = 1\nfactor = true\nproxy = "no"\ndeadline = "500ms"\n[log]\nlevel = "warning"`,
    problems: [
      '8: "message_authenticator" in [[client]] must be one of "require", "auto", "off"; did you mean "require"?',
      '9: "limit_proxy_state" in [[client]] must be one of "auto", "true", "false"',
      '10: "factor" in [[client]] must be one of "required", "if-enrolled", "none"',
      '11: "proxy" in [[client]] must be true or false, without quotes',
      '12: "deadline" in [[client]] must be a duration from "1s" to "120s": a whole number with ms, s, m, h or d, in quotes',
      '14: "level" in [log] must be one of "fatal", "error", "warn", "info", "debug", "trace"',
    ],
  },
  {
    title: 'neither a password nor a factor',
    toml: `${primary}${client}passwordless = true\nfactor = "none"`,
    problems: [
      '9: factor = "none" in [[client]] "vpn" would let in those who bring no password (passwordless = true): one of the two must be asked',
    ],
  },
  {
    title: 'profiles and attributes that are none',
    toml: `${primary}${client}profile = "rdgateway"\ndevice_attribute = "calling-station-id"\napproval = "always"`,
    problems: [
      '8: "profile" in [[client]] must be one of "generic", "rd-gateway", "fortigate", "anyconnect", "strongswan", "globalprotect", "radcli", "pam-radius", "citrix-adc", "check-point", "sonicwall", "sophos", "horizon", "cisco-ise", "ivanti", "f5-apm", "mikrotik", "pfsense", "opnsense", "openvpn-auth-pam", "openvpn-radiusplugin", "openvpn-access-server", "rras"; did you mean "rd-gateway"?',
      '9: "device_attribute" in [[client]] must be one of "Calling-Station-Id", "Tunnel-Client-Endpoint", "MS-Machine-Name", "PaloAlto-Client-Source-IP", "none"; did you mean "Calling-Station-Id"?',
      '10: "approval" in [[client]] must be one of "auto", "first", "off"',
    ],
  },
  {
    title: 'bad addresses to listen on',
    toml: `[listen]\nauth = [\n  "*:1812", "localhost",\n  "::1",\n  "[127.0.0.1]:1812",\n  "127.0.0.1:65536",\n  "127.0.0.1:", "[::1", 1812, "10.1:1812",\n]\n${rest}`,
    problems: [
      '3: item 1 of "auth" in [listen] must be "0.0.0.0:1812" for every IPv4 address or "[::]:1812" for every address',
      '3: item 2 of "auth" in [listen] must be "address:port" of this host, such as "192.0.2.1:1812" or "[2001:db8::1]:1812"',
      '4: item 3 of "auth" in [listen] must have its IPv6 address in brackets: "[2001:db8::1]:1812"',
      '5: item 4 of "auth" in [listen] must be "address:port" of this host, such as "192.0.2.1:1812" or "[2001:db8::1]:1812"',
      '6: item 5 of "auth" in [listen] must have a port from 0 to 65535',
      ...[6, 7, 8, 9].map(
        (item) =>
          `7: item ${item} of "auth" in [listen] must be "address:port" of this host, such as "192.0.2.1:1812" or "[2001:db8::1]:1812"`,
      ),
    ],
  },
  {
    title: 'a bad address without a list',
    toml: `[listen]\nauth = "localhost"\n${rest}`,
    problems: [
      '2: "auth" in [listen] must be "address:port" of this host, such as "192.0.2.1:1812" or "[2001:db8::1]:1812"',
    ],
  },
  {
    title: 'an address to listen on that is there twice',
    toml: `[listen]\nauth = ["127.0.0.1", "[::1]:1812",\n"[::ffff:127.0.0.1]:1812"]\n${rest}`,
    problems: ['3: item 3 of "auth" in [listen] is there before; each is named once'],
  },
  {
    title: 'an empty list',
    toml: `[listen]\nauth = []\n${rest}`,
    problems: ['2: "auth" in [listen] must not be an empty list'],
  },
  {
    title: 'bad client addresses',
    toml: `${primary}${client.replace(
      '"192.0.2.10"',
      `[
      "10.20.30.40/16", "2001:db8::1/32",
      "10.0.0.0/33", "10.0.0.0/255.0.0.0",
      "vpn.example", "fe80::1%eth0", "010.0.0.1",
      "0.0.0.0", "::", "10.1", "::ffff:10.0.0.0/64", "::ffff:10.0.0.1/104", 10]`,
    )}`,
    problems: [
      '7: item 1 of "address" in [[client]] has bits set beyond its prefix; the network is "10.20.0.0/16", the one address "10.20.30.40"',
      '7: item 2 of "address" in [[client]] has bits set beyond its prefix; the network is "2001:db8::/32", the one address "2001:db8::1"',
      '8: item 3 of "address" in [[client]] must have a prefix from 0 to 32',
      '8: item 4 of "address" in [[client]] must be an IP address or a CIDR in quotes, such as "192.0.2.10", "10.20.0.0/16" or "2001:db8::/48"',
      '9: item 5 of "address" in [[client]] must be an IP address or a CIDR in quotes, such as "192.0.2.10", "10.20.0.0/16" or "2001:db8::/48"',
      '9: item 6 of "address" in [[client]] must be without its zone (what follows "%")',
      '9: item 7 of "address" in [[client]] must be an IP address or a CIDR in quotes, such as "192.0.2.10", "10.20.0.0/16" or "2001:db8::/48"',
      '10: item 8 of "address" in [[client]] names no client; every address of the family is "0.0.0.0/0"',
      '10: item 9 of "address" in [[client]] names no client; every address of the family is "::/0"',
      '10: item 10 of "address" in [[client]] must be an IP address or a CIDR in quotes, such as "192.0.2.10", "10.20.0.0/16" or "2001:db8::/48"',
      '10: item 11 of "address" in [[client]] must have a prefix from 96 to 128',
      '10: item 12 of "address" in [[client]] has bits set beyond its prefix; the network is "10.0.0.0/8", the one address "10.0.0.1"',
      '10: item 13 of "address" in [[client]] must be an IP address or a CIDR in quotes, such as "192.0.2.10", "10.20.0.0/16" or "2001:db8::/48"',
    ],
  },
  {
    title: 'one network in two clients',
    toml: `${primary}${client}${client.replace('"vpn"', '"nas"').replace('"192.0.2.10"', '["192.0.2.0/24",\n"::ffff:192.0.2.10/128", "192.0.2.0/24"]')}`,
    problems: [
      '11: 192.0.2.10 is in [[client]] "vpn" too; one client can have it',
      '11: 192.0.2.0/24 is twice here; one client can have it',
    ],
  },
  {
    title: 'names that are there twice',
    toml: `${primary}${primary}${client}primary = "here"\n${client.replace('192.0.2.10', '192.0.2.11')}primary = "here"`,
    problems: ['5: two [[primary]] have the name "here"', '13: two [[client]] have the name "vpn"'],
  },
  {
    title: 'a name that is none',
    toml: String.raw`${primary}${client.replace('"vpn"', '" vpn"')}[[primary]]
name = "a\nb"
type = "local"
`,
    problems: [
      '5: "name" in [[client]] must be a name in quotes: 1 to 64 characters, no control characters, no space at either end',
      '9: "name" in [[primary]] must be a name in quotes: 1 to 64 characters, no control characters, no space at either end',
    ],
  },
  {
    title: 'a client without its primary, where there are several',
    toml: `${client}${primary}${primary.replace('here', 'there')}`,
    problems: ['1: [[client]] "vpn" lacks "primary": there are "here", "there"'],
  },
  {
    title: 'a primary that is not there',
    toml: `${client}primary = "nps"\n${primary}`,
    problems: ['5: "primary" in [[client]] "vpn" names no [[primary]]; there is "here"'],
  },
  {
    title: 'a primary that is no name: said once, although there are several',
    toml: `${client}primary = 1\n${primary}${primary.replace('here', 'there')}`,
    problems: [
      '5: "primary" in [[client]] must be a name in quotes: 1 to 64 characters, no control characters, no space at either end',
    ],
  },
  {
    title: 'keys of a radius primary in a local one',
    toml: `${client}${primary}timeout = "1s"\nsecret_file = "x"\nservre = 1`,
    problems: [
      '8: unknown key "timeout" in [[primary]]; it is for type = "radius" or "ldap" only',
      '9: unknown key "secret_file" in [[primary]]; it is for type = "radius" only',
      '10: unknown key "servre" in [[primary]]; its keys are name, type, keep',
    ],
  },
  {
    title: 'a primary of an unknown type: its other keys are checked as far as they can be',
    toml: `${client}[[primary]]\nname = "ad"\ntype = "radious"\ntimeout = 2\ntrie = 1`,
    problems: [
      '7: "type" in [[primary]] must be one of "radius", "ldap", "local"; did you mean "radius"?',
      '8: "timeout" in [[primary]] must be a duration from "100ms" to "30s": a whole number with ms, s, m, h or d, in quotes',
      '9: unknown key "trie" in [[primary]]; did you mean "tries"?',
    ],
  },
  {
    title: 'a radius primary with nothing right',
    toml: `${client}[[primary]]\nname = "nps"\ntype = "radius"\nserver = ["nps.example:0", "10.0.0.256", "0.0.0.0:1812",\n"a..b", "-x.example", "${'a'.repeat(64)}", "::1", "[::1"]\nsecret = ""\nmessage_authenticator = "Auto"\ntimeout = "99ms"\ntries = 11\nsource = "eth0"`,
    problems: [
      '8: item 1 of "server" in [[primary]] must have a port from 1 to 65535',
      '8: item 2 of "server" in [[primary]] must be "host:port", such as "192.0.2.5:1812", "[2001:db8::5]:1812" or "nps.example:1812"',
      '8: item 3 of "server" in [[primary]] must be one server; 0.0.0.0 and [::] name none',
      ...[4, 5, 6].map(
        (item) =>
          `9: item ${item} of "server" in [[primary]] must be "host:port", such as "192.0.2.5:1812", "[2001:db8::5]:1812" or "nps.example:1812"`,
      ),
      '9: item 7 of "server" in [[primary]] must have its IPv6 address in brackets: "[2001:db8::1]:1812"',
      '9: item 8 of "server" in [[primary]] must be "host:port", such as "192.0.2.5:1812", "[2001:db8::5]:1812" or "nps.example:1812"',
      '10: "secret" in [[primary]] "nps" must not be empty',
      '11: "message_authenticator" in [[primary]] must be one of "require", "auto", "off"; did you mean "auto"?',
      '12: "timeout" in [[primary]] must be a duration from "100ms" to "30s": a whole number with ms, s, m, h or d, in quotes',
      '13: "tries" in [[primary]] must be a whole number from 1 to 10',
      '14: "source" in [[primary]] must be an IP address in quotes without a port, such as "192.0.2.2" or "2001:db8::2"',
    ],
  },
  {
    title: 'a server that is there twice, and a source of the other family',
    toml: `${client}[[primary]]\nname = "nps"\ntype = "radius"\nserver = ["NPS.example", "nps.example:1812", "[2001:db8::5]:1812"]\nsecret = "0123456789abcdef"\nsource = "192.0.2.2"`,
    problems: [
      '8: item 2 of "server" in [[primary]] "nps" is there before; each is named once',
      '10: "source" in [[primary]] "nps" must be an IPv6 address, as item 3 of "server" is',
    ],
  },
  {
    title: 'a receiver of the audit without a server, one with what it can not use, and two of one name',
    toml: `${client}[[primary]]\nname = "nps"\ntype = "local"\n[[siem]]\nname = "a"\n[[siem]]\nname = "a"\ntransport = "stdout"\nserver = "siem.example"\nca_file = "/x"`,
    problems: [
      '8: [[siem]] "a" lacks "server", such as server = "siem.corp.example:6514"',
      '11: two [[siem]] have the name "a"',
      '13: "server" in [[siem]] "a" is of no use with transport = "stdout"',
      '14: "ca_file" in [[siem]] "a" is for transport = "tls"',
    ],
  },
  {
    title: 'a probe by a user that is not told, and accounting that has no port',
    toml: `${client}[[primary]]\nname = "nps"\ntype = "radius"\nserver = "nps.example:65535"\nsecret = "0123456789abcdef"\nprobe = "user"\nprobe_interval = "1s"`,
    problems: [
      '5: [[primary]] "nps" lacks "accounting_server": there is no port behind that of "server"',
      '5: [[primary]] "nps" lacks "probe_user", which probe = "user" needs',
      '5: [[primary]] "nps" lacks "probe_password", which probe = "user" needs',
      '11: "probe_interval" in [[primary]] must be a duration from "5s" to "10m": a whole number with ms, s, m, h or d, in quotes',
    ],
  },
  {
    title: 'accounting at the port of authentication',
    toml: `[listen]\nauth = ["192.0.2.1", "127.0.0.1:0"]\nacct = ["192.0.2.1:1812", "192.0.2.1", "192.0.2.1", "127.0.0.1:0"]\n${rest}`,
    problems: [
      '3: item 3 of "acct" in [listen] is there before; each is named once',
      '3: item 1 of "acct" in [listen] is in "auth" too; accounting has a port of its own, usually 1813',
    ],
  },
  {
    title: 'realms that name what is not there',
    toml: `${rest}[[realm]]\nsuffix = "@partner.example"\nprimary = "there"\nclient = ["vpn", "wifi"]\n[[realm]]\nstrip = 1`,
    problems: [
      '9: "suffix" in [[realm]] must be the realm alone, without "@" or another separator, such as "partner.example" or "PARTNER", at most 200 octets',
      '10: "primary" in [[realm]] "number 1" names no [[primary]]',
      '11: item 2 of "client" in [[realm]] "number 1" names no [[client]]',
      '12: [[realm]] lacks "suffix", such as suffix = "partner.example"',
      '12: [[realm]] lacks "primary", such as primary = "nps"',
      '13: "strip" in [[realm]] must be true or false, without quotes',
    ],
  },
  {
    title: 'a realm that is cut off for local users',
    toml: `${rest}[[realm]]\nsuffix = "partner.example"\nprimary = "here"\nstrip = true\n[[realm]]\nsuffix = "corp.example"\nprimary = "here"`,
    problems: [
      '11: strip = true in [[realm]] "partner.example" leads to local users, whom radgate itself knows by the whole name: leave it out, and add them as NAME@partner.example',
    ],
  },
  {
    title: 'realms that are told twice, in whatever letters',
    toml: `${rest}${['', 'client = ["vpn"]', '', 'client = "vpn"'].map((own, i) => `[[realm]]\nsuffix = "${i > 1 ? 'PARTNER.example' : 'partner.example'}"\nprimary = "here"\n${own}\n`).join('')}`,
    problems: [
      '17: two [[realm]] have the suffix "partner.example"',
      '21: two [[realm]] have the suffix "partner.example" for the client "vpn"',
    ],
  },
  {
    title: 'metrics where the pages are, or twice at one address',
    toml: `[web]\nlisten = ["127.0.0.1:8080"]\nurl = "http://localhost:8080"\n[metrics]\nlisten = ["127.0.0.1:8080", "127.0.0.1:9812", "127.0.0.1"]\n${rest}`,
    problems: [
      '5: item 3 of "listen" in [metrics] is there before; each is named once',
      '5: item 1 of "listen" in [metrics] is in [web] too; metrics have an address of their own, usually 127.0.0.1:9812',
    ],
  },
  {
    title: 'a PostgreSQL store, whose password is not quoted',
    toml: `[store]\nurl = "postgres://radgate:hunter2@db/radgate"\nkey_file = "k"\n${rest}`,
    problems: [
      '2: "url" in [store] must not hold the password: give it as one of "password", "password_file", "password_env", "password_credential"',
    ],
  },
  {
    title: 'a PostgreSQL store without a key file',
    toml: `[store]\nurl = "postgres://radgate@db/radgate"\n${rest}`,
    problems: [
      '1: [store] lacks "key_file", which a PostgreSQL store needs, such as key_file = "/etc/radgate/radgate.key"',
    ],
  },
  ...[
    ['sslmode=prefer', 'must have one of disable, require, verify-ca, verify-full as its sslmode'],
    ['sslmode=require&sslrootcert=ca', 'must have no sslrootcert, which sslmode=require does not look at'],
    ['user=root', 'must have no parameters but sslmode and sslrootcert'],
  ].map(([parameters, problem]) => ({
    title: `a PostgreSQL store with ${parameters}`,
    toml: `[store]\nurl = "postgres://radgate@db/radgate?${parameters}"\nkey_file = "k"\n${rest}`,
    problems: [`2: "url" in [store] ${problem}`],
  })),
  ...[
    'sqlite:',
    'sqlite::memory:',
    'sqlite://host/x.db',
    'sqlite:/dir/',
    'mysql:/x',
    '/var/lib/x.db',
    'postgres:',
    'postgres://db/radgate',
    'postgres://radgate@db',
    'postgres://radgate@db/a/b',
    'postgres://radgate@db/radgate#x',
    'postgres://radgate@db:99999/radgate',
    'postgres://radgate@a,b/radgate',
    'postgres://radgate@0.0.0.0/radgate',
    'postgres://radgate@db/%zz',
    'postgres://radgate@db/a%00b',
  ].map((url) => ({
    title: `the store ${url}`,
    toml: `[store]\nurl = "${url}"\nkey_file = "dir/"\n${rest}`,
    problems: [
      '2: "url" in [store] must be "sqlite:/path/of/the/file.db" or "postgres://user@host/database"',
      '3: "key_file" in [store] must be the path of a file, in quotes',
    ],
  })),
  {
    title: 'text without quotes',
    toml: `[login]\n\nreject_delay = 1s\n${rest}`,
    problems: ['3:17: this is not a number; text must be in quotes: key = "text"'],
  },
  {
    title: 'an address without quotes',
    toml: `${rest}address = 10.0.0.0/8\n`,
    problems: ['8:15: this is not a number; text must be in quotes: key = "text"'],
  },
  {
    title: 'a word without quotes',
    toml: `[log]\nformat = json\n${rest}`,
    problems: ['2:10: a value is missing here, or is text without quotes: key = "text"'],
  },
  {
    title: 'a key that is there twice',
    toml: `[login]\nattempts = 1\nattempts = 2\n${rest}`,
    problems: [
      '3:1: this name was given before; of [[client]], [[primary]] and their like there may be several, of the rest one',
    ],
  },
  {
    title: 'a string without its end',
    toml: `[login]\nprompt = "x\n${rest}`,
    problems: ['2:12: the closing quote is missing on this line, or a control character is in the text'],
  },
  {
    title: 'a backslash in a password',
    toml: `${rest}secret = "0123456789\\abcdef"\n`,
    problems: ['8:22: a backslash in "..." must be doubled; in \'...\' it stands for itself'],
  },
  {
    title: 'a quote in a password',
    toml: `${rest}secret = "0123456789"abcdef"\n`,
    problems: [
      '8:22: only a comment may follow here: each option needs a line of its own, a quote in a text a backslash before it',
    ],
  },
  {
    title: 'a list without its end',
    toml: `[listen]\nauth = ["127.0.0.1:1812"\n${rest}`,
    problems: ['3:1: a comma or the closing bracket is missing before this'],
  },
  {
    title: 'a section with one bracket too few',
    toml: `[[client]\nname = "vpn"\n`,
    problems: ['1:10: the name of this section must end with "]]"'],
  },
  {
    title: 'a colon for an equals sign',
    toml: `[log]\nlevel: "info"\n${rest}`,
    problems: ['2:6: "=" or "]" is missing before this, or this character cannot be in a name'],
  },
  {
    title: 'a key alone',
    toml: `${rest}proxy\n`,
    problems: ['8:6: "=" or "]" is missing before this, or this character cannot be in a name'],
  },
  {
    title: 'values inside of each other without end',
    toml: `x = ${'['.repeat(100_000)}`,
    problems: ['1:21: too many brackets are inside each other'],
  },
  {
    title: 'a directory whose ways in do not fit together',
    toml: `${client}primary = "ad"\n${directory}bind_dn = "cn=radgate"\n${directory.replace('"ad"', '"b"')}bind = "dn"\n${directory.replace('"ad"', '"c"').replace('"ad"', '"openldap"')}bind = "name"\n`,
    problems: [
      '12: "bind_dn" and "bind_password" of [[primary]] "ad" go together',
      '13: [[primary]] "b" lacks "dn_template" for bind = "dn"',
      '26: bind = "name" in [[primary]] "c" is for directory = "ad" only',
    ],
  },
  {
    title: 'a directory that nobody may look into',
    toml: `${client}${directory}`,
    problems: ['5: [[primary]] "ad" lacks "bind_dn": Active Directory lets nobody look users up who has not logged in'],
  },
  {
    title: 'a directory asked in clear over the network',
    toml: `${client}${directory.replace('ldaps:', 'ldap:')}${service}start_tls = false\n`,
    problems: [
      '13: start_tls = false in [[primary]] "ad" would send passwords in clear to dc1.corp.example: use "ldaps://", or say so with allow_plaintext = true',
    ],
  },
  {
    title: 'in clear on this host, and over the network with TLS: none',
    toml: `${client}${directory.replace('"ldaps://dc1.corp.example"', '["ldaps://dc1.corp.example", "ldap://127.0.0.1", "ldap://[::1]", "ldap://localhost"]')}${service}start_tls = false\n`,
    problems: [],
  },
  {
    title: 'values of a directory that are none',
    toml: `${client}${directory.replace('DC=corp', 'corp').replace('ldaps://dc1.corp.example', 'https://dc1.corp.example')}${service}user_filter = "(uid=*"\nuser_attributes = ["mail)(uid"]\ndn_template = "uid=alice"\n`,
    problems: [
      '9: "server" in [[primary]] must be "ldaps://host" or "ldap://host", with ":port" where it is another than 636 or 389, and nothing behind it',
      '10: "base_dn" in [[primary]] must be a distinguished name, such as "DC=corp,DC=example"',
      '13: "user_filter" in [[primary]] must be an LDAP filter, such as "(objectClass=person)"',
      '14: item 1 of "user_attributes" in [[primary]] must be the name of an attribute, such as "mail"',
      '15: "dn_template" in [[primary]] must be a distinguished name with {user} as a value in it, such as "uid={user},ou=people,dc=corp,dc=example"',
    ],
  },
  {
    title: 'a server of a directory twice',
    toml: `${client}${directory.replace('"ldaps://dc1.corp.example"', '["ldaps://dc1.corp.example", "ldaps://dc1.corp.example:636"]')}${service}`,
    problems: ['9: item 2 of "server" in [[primary]] "ad" is there before; each is named once'],
  },
];

describe('config: errors with their lines', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  for (const { title, toml, problems } of goldens)
    it(title, () => {
      expect(scratch.errorsOf(toml)).to.deep.equal(problems);
    });

  it('refuses what is not UTF-8, with the line', () => {
    const toml = Buffer.concat([Buffer.from('# ä\n\n[login]\nprompt = "'), Buffer.from([0xe4]), Buffer.from('"\n')]);
    expect(scratch.errorsOf(toml)).to.deep.equal(['4: this line is not UTF-8, as TOML must be']);
  });

  it('takes a file of 1 MiB and none that is larger', () => {
    const padding = 1024 * 1024 - Buffer.byteLength(rest);
    expect(scratch.errorsOf(rest + '#'.repeat(padding))).to.deep.equal([]);
    expect(scratch.errorsOf(rest + '#'.repeat(padding + 1))).to.deep.equal([
      '1: this file is larger than 1 MiB, which no config is',
    ]);
  });

  it('names the file, and exits like any bad config', () => {
    const file = scratch.write('bad.conf', 'x = 1\ny = 2\n');
    try {
      loadConfig(file, {});
      expect.fail('it was taken');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error).to.be.instanceOf(OperatorError);
      expect([error.code, error.exit]).to.deep.equal(['config-invalid', 78]);
      expect(error.problems.map(({ file: where }) => where)).to.deep.equal([file, file, file, file]);
      expect(error.message).to.contain(`${file}:2: key "y" stands before any section`);
    }
  });

  it('tells a file that is not there from one that cannot be read', () => {
    expect(() => loadConfig(`${scratch.dir}/none.conf`, {}))
      .to.throw(OperatorError, 'there is no config file')
      .with.property('code', 'config-missing');
    expect(() => loadConfig(scratch.dir, {})).to.throw(ConfigError, ':1: cannot read this file: it is a directory');
    expect(() => loadConfig('/dev/zero', {})).to.throw(ConfigError, 'larger than 1 MiB');
  });
});
