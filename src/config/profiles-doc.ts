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
| \`device_attribute\` | which attribute tells the user's devices apart. Two requests share one approval only if they have it and agree in it; \`"none"\` never shares |

This page is generated from the files in \`src/policy/profiles/\` (\`node dist/src/config/generate.js\`); a new device is a file there and a row in its \`profiles.ts\`.`;

/** docs/profiles.md: what each profile sets, why, where it is written down and whether it was tried. */
export function profilesDoc(): string {
  return `${[head, ...Object.entries<Profile>(profiles).map(sectionOf)].join('\n\n')}\n`;
}

function sectionOf([name, profile]: readonly [string, Profile]): string {
  const { device, deadline, patience, passwordless, proxy, challenge, deviceAttribute, note, sources, tried } = profile;
  return `## profile = "${name}"

${device}. ${tried === null ? 'Not tried on the device.' : `Tried: ${tried}.`}

- \`deadline = "${deadline / 1000}s"\`: ${patience}.
- \`passwordless = ${passwordless}\`, \`proxy = ${proxy}\`, \`challenge = ${challenge}\`
- \`device_attribute = "${deviceAttribute}"\`${note === null ? '' : `\n\n${note}`}${sources.length === 0 ? '' : `\n\nFrom: ${sources.map((source) => `<${source}>`).join(', ')}`}`;
}
