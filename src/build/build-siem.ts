import { systemClock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import { authority } from '../config/authority.ts';
import type { Logger } from '../observe/logger.ts';
import type { AuditEvent } from '../siem/event.ts';
import { formatCef } from '../siem/format-cef.ts';
import { formatEcs } from '../siem/format-ecs.ts';
import { formatJson } from '../siem/format-json.ts';
import type { Sink } from '../siem/sink.ts';
import { StdoutSink } from '../siem/stdout-sink.ts';
import { StreamSink } from '../siem/stream-sink.ts';
import { EventStream } from '../siem/stream.ts';
import { syslogMessage } from '../siem/syslog.ts';
import { UdpSink } from '../siem/udp-sink.ts';
import type { Store } from '../store/store.ts';

type Siem = Config['siem'][number];

/** How often it is looked for new rows, in milliseconds. */
const poll = 1_000;
/** How long a connection must last for what went into it to count as sent, in milliseconds. */
const settle = 30_000;
/** How long a receiver may take nothing, in milliseconds. */
const timeout = 20_000;

const formats = { json: formatJson, ecs: formatEcs, cef: formatCef } as const;

/** A `[[siem]]` and the way to it. */
export interface Receiver {
  readonly siem: Siem;
  readonly sink: Sink;
}

/** The way to each `[[siem]]`; nothing is connected yet. @throws OperatorError if a ca_file can't be read */
export function buildReceivers(config: Config): readonly Receiver[] {
  return config.siem.map((siem) => ({ siem, sink: sinkOf(siem) }));
}

/** What sends the audit to each of them; it begins at once. */
export function startStreams(receivers: readonly Receiver[], store: Store, logger: Logger): readonly EventStream[] {
  return receivers.map(
    ({ siem, sink }) =>
      new EventStream({
        name: siem.name,
        store,
        sink,
        write: writerOf(siem),
        poll,
        settle,
        clock: systemClock,
        logger,
      }),
  );
}

function writerOf({ transport, format }: Siem): (event: AuditEvent) => Buffer {
  const text = formats[format];
  if (transport === 'stdout') return (event) => Buffer.from(text(event));
  return (event) => syslogMessage(event, text(event), process.pid);
}

function sinkOf({ name, transport, server, ca_file }: Siem): Sink {
  if (transport === 'stdout') return new StdoutSink();
  if (!server) throw new Error(`[[siem]] ${name} has no server`);
  if (transport === 'udp') return new UdpSink(server.host, server.port);
  return new StreamSink({ ...server, timeout, tls: transport === 'tls' ? { ca: authority(ca_file) } : undefined });
}
