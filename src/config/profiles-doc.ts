import type { Profile } from '../policy/profiles/profile.ts';
import { profiles } from '../policy/profiles/profiles.ts';

const head = `# Profiles of devices

\`profile = "NAME"\` in a \`[[client]]\` sets what is usual for that kind of device. Every key that you write yourself goes before it:

\`\`\`toml
[[client]]
name = "vpn"
address = "192.0.2.10"
secret_file = "vpn.secret"
profile = "fortigate"
deadline = "30s"              # raised on the device too
\`\`\`

| key | what it is for |
| --- | --- |
| \`deadline\` | how long the device waits altogether: an approval on the phone ends a little before, so set what the device is set to |
| \`passwordless\`, \`proxy\` | see [rd-gateway.md](rd-gateway.md) |
| \`challenge\` | whether it can show a prompt for a code; where it cannot, see [append.md](append.md) for codes typed with the password. \`true\` where no source says otherwise |
| \`append\`, \`append_length\` | how codes stand beside the password where it cannot: [append.md](append.md). A key \`append\` of your own goes before both |
| \`prompt_format\` | how it shows prompts, and how long one may be: \`"short"\` is 253 octets at most, the others twice as much |
| \`message_authenticator\` | \`"auto"\` where no source says that it signs always: it is required of an address once it has come |
| \`acl_downloads\` | whether it fetches ACLs, see [below](#acls-that-cisco-devices-fetch) |
| \`device_attribute\` | which attribute tells the user's devices apart. Two requests share one approval only if they have it and agree in it; \`"none"\` never shares |

This page is generated from the files in \`src/policy/profiles/\` (\`node dist/src/config/generate.js\`); a new device is a file there and a row in its \`profiles.ts\`.
What a client does is kept, and \`radgate client show NAME\` tells which of these keys should be other than they are.`;

const acls = `## ACLs that Cisco devices fetch

An ASA (and a switch with ISE) is told the name of an ACL with the login, and then fetches its lines by a request of its own: User-Name is the name, \`#ACSACL#-IP-...\`, there is no password or
an empty one, cisco-av-pair has \`aaa:event=acl-download\`, and a Message-Authenticator is there. It logs nobody in. With \`acl_downloads = true\`

- such a request goes to the primary, which must be of \`type = "radius"\`, as it is: no code, no approval, no lockout, no rule. A long ACL comes by several challenges, which pass too;
- one without Message-Authenticator is refused (\`acl-unsigned\`);
- of the answer only lines of an ACL (\`ip:inacl#...\`, \`ipv6:inacl#...\`) go back. An Accept without any is refused (\`acl-missing\`), so what comes back can never be a login;
- the audit has it with the method \`acl\`; \`radgate report usage\` counts it for no user's login;
- a user who logs in under such a name sends a password and no cisco-av-pair of that kind, and is asked for a second factor like anyone.

From: <https://manualsdump.com/en/manuals/cisco_systems-asa_5505-asa_5545-x-and_the_asa_services_module-asa_5555-x-asa_5585-x-asa_5580/121332/190> (Cisco ASA Series Firewall CLI Configuration Guide). Tried with FreeRADIUS as the server and radclient
as the ASA (\`test/peer/acl-download\`).`;

/** docs/profiles.md: what each profile sets, why, where it is written down and whether it was tried. */
export function profilesDoc(): string {
  return `${[head, ...Object.entries<Profile>(profiles).map(sectionOf), acls].join('\n\n')}\n`;
}

function sectionOf([name, profile]: readonly [string, Profile]): string {
  const { device, deadline, patience, passwordless, proxy, challenge, deviceAttribute, note, sources, tried } = profile;
  const { append, appendLength, promptFormat, messageAuthenticator, aclDownloads } = profile;
  const length = appendLength === null ? '' : `, \`append_length = ${appendLength}\``;
  return `## profile = "${name}"

${device}. ${tried === null ? 'Not tried on the device.' : `Tried: ${tried}.`}

- \`deadline = "${deadline / 1000}s"\`: ${patience}.
- \`passwordless = ${passwordless}\`, \`proxy = ${proxy}\`, \`challenge = ${challenge}\`, \`acl_downloads = ${aclDownloads}\`
- \`append = "${append}"\`${length}, \`prompt_format = "${promptFormat}"\`, \`message_authenticator = "${messageAuthenticator}"\`
- \`device_attribute = "${deviceAttribute}"\`${note === null ? '' : `\n\n${note}`}${sources.length === 0 ? '' : `\n\nFrom: ${sources.map((source) => `<${source}>`).join(', ')}`}`;
}
