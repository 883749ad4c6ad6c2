import { readSmallFile, reasonOf } from '../config/read-file.ts';
import { type Config, titleOf } from '../config/schema.ts';
import { Secret } from '../config/secret.ts';
import { type CertificateUse, certificateEnd } from '../observe/certificate-end.ts';
import { clockSynchronised } from '../observe/clock-synchronised.ts';
import { localTime } from '../policy/local-time.ts';
import { nodeEndOfLife } from '../observe/node-end-of-life.ts';

/** No file of certificates is larger, in octets. */
const largest = 1024 * 1024;
const day = 86_400_000;
/** How far the clocks of two hosts may be apart, in milliseconds: a tenth of the time that a code is shown. */
const tolerable = 3_000;

export const upkeepKinds = ['certificate', 'clock', 'node', 'rule', 'secret'] as const;

/** Something that will hurt unless somebody sees to it. */
export interface UpkeepWarning {
  readonly kind: (typeof upkeepKinds)[number];
  readonly message: string;
}

/** What the warnings are judged by. */
export interface UpkeepFacts {
  /** As process.version. */
  readonly node: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** As clockSynchronised tells it. */
  readonly isSynchronised: boolean | undefined;
  /** How far the clock of a shared store is off from this host's, at least, in milliseconds; 0 if there is none, or it could not be asked. */
  readonly apart: number;
}

/** What is so on this host now. @param sharedNow as sharedClock gives it @param signal ends the looking */
export async function upkeepFacts(
  wall: () => number,
  sharedNow: () => Promise<number | null> = async () => null,
  signal?: AbortSignal,
): Promise<UpkeepFacts> {
  const isSynchronised = await clockSynchronised(process.env, signal);
  const before = wall();
  const shared = await sharedNow().catch(() => null);
  const now = wall();
  // It was told at some moment between.
  const apart = shared === null ? 0 : Math.max(0, before - shared, shared - now);
  return { node: process.version, now, isSynchronised, apart };
}

/** What will hurt unless somebody sees to it: certificates near their end, a Node without security fixes, a clock that is off, old secrets. Empty if all is well. */
export function upkeepWarnings(config: Config, facts: UpkeepFacts): readonly UpkeepWarning[] {
  const { node, now } = facts;
  const ended = nodeEndOfLife(node, now);
  return [
    ...(ended === undefined ? [] : [{ kind: 'node', message: ended } as const]),
    ...clock(facts),
    ...certificates(config, now).map((message) => ({ kind: 'certificate', message }) as const),
    ...pastDays(config, now).map((message) => ({ kind: 'rule', message }) as const),
    ...secrets(config, now).map((message) => ({ kind: 'secret', message }) as const),
  ];
}

/** Rules whose day is past: they do something else than they were written for, or nothing. */
function pastDays({ policy: rules }: Config, now: number): string[] {
  return rules.flatMap(({ name, until, unenrolled, unenrolled_until: end, time_zone: zone }) => {
    const { day: today } = localTime(now, zone);
    const title = titleOf('policy', name);
    return [
      ...(until !== undefined && until <= today ? [`${title} holds no longer: its "until" was ${until}`] : []),
      ...(unenrolled === 'allow' && end !== undefined && end <= today
        ? [`${title} lets in nobody without a second factor any more: its "unenrolled_until" was ${end}`]
        : []),
    ];
  });
}

function clock({ isSynchronised, apart }: UpkeepFacts): UpkeepWarning[] {
  const messages = [
    ...(isSynchronised === false
      ? [
          'the clock of this host is not synchronised (timedatectl): codes are computed from it; see to chrony or systemd-timesyncd',
        ]
      : []),
    ...(apart > tolerable
      ? [
          `the clocks of this host and of the PostgreSQL server are ${Math.round(apart / 1000)} s apart: one of them is wrong`,
        ]
      : []),
  ];
  return messages.map((message) => ({ kind: 'clock', message }));
}

function certificates(config: Config, now: number): string[] {
  const told: string[] = [];
  const look = (what: string, file: string | undefined, use: CertificateUse): void => {
    const why = file === undefined ? undefined : endOf(file, use, now);
    if (why !== undefined) told.push(`the certificate of ${what}, ${file}, ${why}`);
  };
  if (config.web.listen) look('[web]', config.web.certificate, 'own');
  for (const section of ['primary', 'provider', 'siem'] as const)
    for (const row of config[section])
      if ('ca_file' in row) look(titleOf(section, row.name), row.ca_file, 'authorities');
  return told;
}

function endOf(file: string, use: CertificateUse, now: number): string | undefined {
  try {
    const read = readSmallFile(file, largest);
    return read ? certificateEnd(read.bytes.toString(), use, now) : 'is too large';
  } catch (error) {
    return `cannot be read: ${reasonOf(error)}`;
  }
}

/** Of secrets that are in a file of their own: of others nobody knows since when. */
function secrets(config: Config, now: number): string[] {
  const most = config.log.secret_age;
  return Object.entries(config).flatMap(([section, content]) =>
    (Array.isArray(content) ? (content as object[]) : [content as object]).flatMap((row) =>
      Object.entries(row).flatMap(([key, value]: [string, unknown]) => {
        if (!(value instanceof Secret) || value.changedAt === undefined || now - value.changedAt <= most) return [];
        const days = Math.floor((now - value.changedAt) / day);
        const title = titleOf(section, 'name' in row ? row.name : undefined);
        return [`"${key}_file" in ${title} was last changed ${days} days ago: make a new secret ([log] secret_age)`];
      }),
    ),
  );
}
