import { chmodSync } from 'node:fs';
import { expect } from 'chai';
import { loadConfig } from '../../../src/config/load.ts';
import { client, primary, rest, Scratch } from './scratch.ts';

const radius = '[[primary]]\nname = "nps"\ntype = "radius"\nsecret = "0123456789abcdef"\n';
const short =
  'is shorter than 16 octets and can be guessed from a captured packet (RFC 2865 §3); make one with: openssl rand -base64 24';

const goldens: readonly { readonly title: string; readonly toml: string; readonly warnings: readonly string[] }[] = [
  { title: 'the defaults: none', toml: rest, warnings: [] },
  {
    title: 'short secrets',
    toml: `${client.replace('0123456789abcdef', 'short')}secret_next = "123456789012345"\n${radius.replace('0123456789abcdef', '123456789012345')}server = "192.0.2.5"`,
    warnings: [
      `4: "secret" in [[client]] "vpn" ${short}`,
      `5: "secret_next" in [[client]] "vpn" ${short}`,
      `9: "secret" in [[primary]] "nps" ${short}`,
    ],
  },
  {
    title: 'no warning for a secret of 8 letters that are 16 octets',
    toml: client.replace('0123456789abcdef', 'ä'.repeat(8)) + primary,
    warnings: [],
  },
  {
    title: 'the audit in clear to another host',
    toml: `${rest}\n[[siem]]\nname = "soc"\ntransport = "tcp"\nserver = "siem.example:514"\n[[siem]]\nname = "here"\ntransport = "udp"\nserver = "127.0.0.1:514"\n`,
    warnings: ['11: [[siem]] "soc" sends the audit in clear over TCP: transport = "tls" does not'],
  },
  {
    title: 'a control socket whose path is too long',
    toml: `[control]\nsocket = "/${'x'.repeat(107)}"\n${rest}`,
    warnings: [
      `2: /${'x'.repeat(107)} is too long for a Unix socket: 108 octets, of at most 107: without a shorter "socket" in [control], "radgate reload" and "radgate trace" do not reach the service`,
    ],
  },
  {
    title: 'metrics at every address of this host',
    toml: `[metrics]\nlisten = ["127.0.0.1:9812", "0.0.0.0:9813", "[::]:9814"]\n${rest}`,
    warnings: [0, 1].map(
      () =>
        '2: "listen" in [metrics] tells metrics and health to whoever reaches any address of this host: name loopback, or the address that monitoring asks',
    ),
  },
  {
    title: 'administrators to be told by a mail that nothing sends',
    toml: `[approval]\nalert = "security@corp.example"\n${rest}`,
    warnings: ['2: "alert" in [approval] reaches nobody: no [[provider]] has the channel "email"'],
  },
  {
    title: 'openings of a client',
    toml: `${primary}${client}message_authenticator = "off"\nlimit_proxy_state = "false"\nfactor = "none"\n${client.replace('vpn', 'wlan').replace('.10', '.11')}factor = "if-enrolled"`,
    warnings: [
      '8: [[client]] "vpn" may always send requests without Message-Authenticator: they can be forged on the way (CVE-2024-3596)',
      '9: [[client]] "vpn" may send Proxy-State without Message-Authenticator, as the forgery of CVE-2024-3596 does',
      '10: [[client]] "vpn" lets everyone in on their password alone (factor = "none")',
      '15: [[client]] "wlan" lets users without a token in on their password alone (factor = "if-enrolled")',
    ],
  },
  {
    title: 'a client that remembers devices',
    toml: `${primary}${client}remember = "30m"`,
    warnings: [
      '8: [[client]] "vpn" lets a device in on the password alone for 30 min after a second factor (remember)',
    ],
  },
  {
    title: 'a client that takes application passwords',
    toml: `${primary}${client}application_passwords = true`,
    warnings: [
      '8: [[client]] "vpn" lets application passwords in without a second factor and without asking its primary (application_passwords = true)',
    ],
  },
  {
    title: 'a client that leaves no way for a code',
    toml: `${primary}${client}challenge = false\n${client.replace('vpn', 'wlan').replace('.10', '.11')}challenge = false\nappend = "code-last"`,
    warnings: [
      '8: [[client]] "vpn" can neither ask for a code (challenge = false) nor takes one with the password (append = "off"): only who can approve logs in; see docs/append.md',
    ],
  },
  {
    title: 'a client that wants approvals which nothing can ask for',
    toml: `${primary}${client}approval = "first"\n${client.replace('vpn', 'rdg').replace('.10', '.11')}profile = "rd-gateway"\n`,
    warnings: [
      '8: [[client]] "vpn" wants approvals, and none can be asked: no [web] listen; see docs/approvals.md',
      '9: [[client]] "rdg" wants approvals, and none can be asked: no [web] listen; see docs/approvals.md',
    ],
  },
  {
    title: 'answers that could not come in, and a name that nobody can answer',
    toml: `${primary}${client}[[provider]]\nname = "texts"\ntype = "twilio"\nchannel = ["sms"]\naccount_sid = "AC${'0'.repeat(32)}"\nauth_token = "0123456789abcdef0123"\nsender = ["RADGATE"]\nanswers_token = "0123456789abcdef0123"\n`,
    warnings: [
      '1: texts and calls may go to every country, at your cost; list those of your users in [deliver] allow',
      '15: [[provider]] "texts" has answers_token, but no [web] listen takes its answers',
    ],
  },
  {
    title: 'answers to a gateway that no [web] listen takes',
    toml: `${primary}${client}[[provider]]\nname = "gateway"\ntype = "http"\nchannel = ["sms"]\nurl = "https://sms.example/"\nanswers_secret = "0123456789abcdef0123"\n`,
    warnings: [
      '1: texts and calls may go to every country, at your cost; list those of your users in [deliver] allow',
      '13: [[provider]] "gateway" has answers_secret, but no [web] listen takes its answers',
    ],
  },
  {
    title: 'answers by an SMSC without TLS, to a name, and no pages',
    toml: `${primary}${client}[deliver]\nallow = ["+33"]\n[[provider]]\nname = "operator"\ntype = "smpp"\nserver = "smsc.example:2775"\nsystem_id = "s"\npassword = "0123456789abcdef"\nanswers = true\n`,
    warnings: [
      '12: [[provider]] "operator" sends codes without TLS: everyone on the way can read them, and approve logins',
      '16: [[provider]] "operator" has answers, but no [web] listen takes its answers',
    ],
  },
  {
    title: 'answers to a gateway that sends mails alone',
    toml: `[web]\nlisten = "127.0.0.1:8443"\nurl = "https://mfa.example"\n${primary}${client}[[provider]]\nname = "mails"\ntype = "http"\nchannel = ["email"]\nurl = "https://mail.example/"\nanswers_secret = "0123456789abcdef0123"\n`,
    warnings: ['16: [[provider]] "mails" has answers_secret, but it sends no texts, and only those can be answered'],
  },
  {
    title: 'approvals with a page need nothing that brings its link: phones that were set up find what waits',
    toml: `[web]\nlisten = "127.0.0.1:8443"\nurl = "https://mfa.example"\n${primary}${client}approval = "first"\n`,
    warnings: [],
  },
  {
    title: 'approvals where a client has them off',
    toml: `[web]\nlisten = "127.0.0.1:8443"\nurl = "https://mfa.example"\n${primary}${client}profile = "rd-gateway"\napproval = "off"\n`,
    warnings: ['7: [[client]] "vpn" wants approvals, and none can be asked: approval = "off"; see docs/approvals.md'],
  },
  {
    title: 'an opening of a primary',
    toml: `${client}${radius}server = "192.0.2.5"\nmessage_authenticator = "off"`,
    warnings: [
      '10: [[primary]] "nps" takes replies without Message-Authenticator: they can be forged on the way (CVE-2024-3596)',
    ],
  },
  {
    title: 'a directory that passwords go to in clear, but for the server on this host',
    toml: `${client}[[primary]]\nname = "ad"\ntype = "ldap"\ndirectory = "openldap"\nserver = ["ldap://ldap1.corp.example", "ldap://localhost", "ldaps://ldap2.corp.example"]\nbase_dn = "DC=corp"\nstart_tls = false\nallow_plaintext = true`,
    warnings: ['12: [[primary]] "ad" sends every password in clear to ldap1.corp.example (allow_plaintext = true)'],
  },
  {
    title: 'primaries that keep more of passwords than their hash',
    toml: `${client}primary = "a"\n${['hash', 'nt-hash', 'password'].map((keep, i) => `[[primary]]\nname = "${'abc'[i]}"\ntype = "local"\nkeep = "${keep}"\n`).join('')}`,
    warnings: [
      '13: [[primary]] "b" keeps the NT hash of each new password (keep = "nt-hash"): it is as good as the password, and whoever has the store and its key has it',
      '17: [[primary]] "c" keeps each new password itself (keep = "password"): whoever has the store and its key can read the passwords of all users',
    ],
  },
  {
    title: 'a store on the way to which it can be read, and logins that wait in one of its nodes',
    toml: `[store]\nurl = "postgres://u@db/x?sslmode=require"\nkey_file = "k"\nwaiting = "memory"\n${rest}`,
    warnings: [
      '2: "url" in [store] doesn\'t make sure of the server (sslmode=require): whoever is on the way to it can read and change the store; use sslmode=verify-full',
      '4: "waiting" in [store] keeps logins in this process: a code that reaches another node on the same store is rejected',
    ],
  },
  {
    title: 'a store whose server is made sure of: none',
    toml: `[store]\nurl = "postgres://u@db/x"\nkey_file = "k"\n${rest}`,
    warnings: [],
  },
  {
    title: 'a store on this host: none',
    toml: `[store]\nurl = "postgres://u@127.0.0.1/x"\nkey_file = "k"\n${rest}`,
    warnings: [],
  },
  {
    title: 'wide networks',
    toml:
      primary +
      client.replace(
        '"192.0.2.10"',
        '["10.0.0.0/16", "10.0.0.0/15",\n"2001:db8::/48", "2001:db8::/47", "::ffff:0:0/96"]',
      ),
    warnings: [
      '6: [[client]] "vpn" is every host in 10.0.0.0/15, wider than /16: anyone there who learns the secret can ask',
      '7: [[client]] "vpn" is every host in 2001:db8::/47, wider than /48: anyone there who learns the secret can ask',
      '7: [[client]] "vpn" is every host in 0.0.0.0/0, wider than /16: anyone there who learns the secret can ask',
    ],
  },
  {
    title: 'prompts that run into the answer',
    toml: `[login]\nprompt = "Code:"\nprompt_again = "Again "\nprompt_used = "Used:\\n"\n${rest}`,
    warnings: [
      '2: "prompt" in [login] doesn\'t end with ": "; PAM shows it as it is, right before what the user types',
      '3: "prompt_again" in [login] doesn\'t end with ": "; PAM shows it as it is, right before what the user types',
      '4: "prompt_used" in [login] doesn\'t end with ": "; PAM shows it as it is, right before what the user types',
    ],
  },
  {
    title: 'tries that all fit in the deadline: none',
    toml: `${client}${radius}server = ["192.0.2.5", "192.0.2.6"]\ntimeout = "2500ms"`,
    warnings: [],
  },
  {
    title: 'tries beyond the deadline',
    toml: `${client}${radius}server = ["192.0.2.5", "192.0.2.6"]\ntimeout = "2501ms"`,
    warnings: [
      '1: all tries of [[primary]] "nps" may take 10.004 s (timeout * tries * servers), but [[client]] "vpn" waits 10 s: tries will be shortened',
    ],
  },
  {
    title: 'a deadline below the tries',
    toml: `${client}deadline = "3s"\n${radius}server = ["192.0.2.5"]`,
    warnings: [
      '5: all tries of [[primary]] "nps" may take 4 s (timeout * tries * servers), but [[client]] "vpn" waits 3 s: tries will be shortened',
    ],
  },
];

describe('config: warnings with their lines', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  for (const { title, toml, warnings } of goldens)
    it(title, () => {
      expect(scratch.warningsOf(toml)).to.deep.equal(warnings);
    });

  for (const [mode, warned] of [
    [0o600, false],
    [0o640, true],
    [0o604, true],
    [0o611, false],
  ] as const)
    it(`a file with a secret in it and mode 0${mode.toString(8)}: ${warned ? 'warned of' : 'none'}`, () => {
      const file = scratch.write('mode.conf', rest, mode);
      const { warnings } = loadConfig(file, {});
      expect(warnings).to.deep.equal(
        warned
          ? [
              {
                file,
                line: 4,
                message: `this file holds a secret and others may read it (mode 0${mode.toString(8)}); run: chmod 600 "${file}"`,
              },
            ]
          : [],
      );
    });

  it('a file without a secret in it may be read by all', () => {
    const toml = rest.replace('secret = "0123456789abcdef"', 'secret_env = "S"');
    const file = scratch.write('mode.conf', toml, 0o644);
    expect(loadConfig(file, { S: '0123456789abcdef' }).warnings).to.deep.equal([]);
  });

  it('a secret file that others may read', () => {
    const secret = scratch.write('vpn.secret', '0123456789abcdef\n', 0o640);
    const toml = rest.replace('secret = "0123456789abcdef"', 'secret_file = "vpn.secret"');
    expect(scratch.warningsOf(toml)).to.deep.equal([
      `4: others may read this secret (mode 0640); run: chmod 600 "${secret}"`,
    ]);
    chmodSync(secret, 0o400);
    expect(scratch.warningsOf(toml)).to.deep.equal([]);
  });
});
