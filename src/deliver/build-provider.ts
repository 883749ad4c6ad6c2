import type { Clock } from '../clock.ts';
import type { Config, Provider as ProviderConfig } from '../config/schema.ts';
import type { SendingRules } from '../policy/sending.ts';
import type { Receipt } from '../store/note-receipt.ts';
import { authority } from '../config/authority.ts';
import { callPath } from './call-path.ts';
import type { Channel, Provider } from './channel.ts';
import type { OnText } from './incoming-text.ts';
import { FileChannel } from './file.ts';
import { HttpChannel } from './http.ts';
import { NtfyChannel } from './ntfy.ts';
import { SmppChannel } from './smpp.ts';
import { SmtpChannel } from './smtp.ts';
import { TwilioChannel } from './twilio.ts';
import { WebhookChannel } from './webhook.ts';

export interface BuildOptions {
  readonly clock: Clock;
  /** Keeps a delivery receipt; one that rejects is to come again. */
  readonly onReceipt: (receipt: Receipt) => Promise<void>;
  /** Texts that come in by the connection of a provider. */
  readonly onText: (provider: string, text: Parameters<OnText>[0]) => ReturnType<OnText>;
  /** Told what is wrong with a connection that stays. */
  readonly onTrouble: (provider: string, why: string) => void;
  /** `[web] url`, where it is served. */
  readonly pagesAt: string | undefined;
}

/** The way to a `[[provider]]`. It opens no connection yet. @throws OperatorError if its ca_file can't be read */
export function buildProvider(config: ProviderConfig, options: BuildOptions): Provider {
  const senders = 'sender' in config ? (config.sender ?? []) : [];
  return {
    name: config.name,
    methods: config.channel,
    channel: buildChannel(config, options),
    timeout: config.timeout,
    senders,
  };
}

/** The rules of `[deliver]` and `[approval]` on how much is sent, where to, and to whom. */
export function sendingRules({ deliver, approval }: Pick<Config, 'deliver' | 'approval'>): SendingRules {
  const { per_user, per_number, per_client, per_country, in_all, allow, deny } = deliver;
  return {
    limits: { user: per_user, number: per_number, client: per_client, prefix: per_country, total: in_all },
    allow: allow ?? [],
    deny: deny ?? [],
    block: approval.block,
  };
}

function buildChannel(config: ProviderConfig, { clock, onReceipt, onText, onTrouble, pagesAt }: BuildOptions): Channel {
  switch (config.type) {
    case 'http':
      return new HttpChannel(
        {
          url: config.url,
          method: config.method,
          headers: (config.header ?? []).map(nameAndValue),
          form: config.form,
          json: config.json,
          username: config.username,
          password: config.password?.bytes.toString(),
          token: config.token?.bytes.toString(),
          successStatus: config.success_status ?? [],
          successPath: config.success_path,
          successValues: config.success_value ?? [],
          idPath: config.id_path,
          errorPath: config.error_path,
        },
        clock,
      );
    case 'twilio':
      return new TwilioChannel(
        {
          url: config.url,
          accountSid: config.account_sid,
          user: config.api_key ?? config.account_sid,
          authToken: config.auth_token.bytes.toString(),
          messagingService: config.messaging_service,
          voice: config.voice,
          calls: config.answers_token && pagesAt !== undefined ? `${pagesAt}${callPath(config.name)}` : undefined,
        },
        clock,
      );
    case 'smpp':
      return new SmppChannel({
        ...config.server,
        tls: config.tls,
        ca: authority(config.ca_file),
        systemId: config.system_id,
        password: config.password.bytes.toString(),
        systemType: config.system_type,
        enquireEvery: config.enquire_every,
        onReceipt: ({ ids, status }) => onReceipt({ provider: config.name, providerIds: ids, status }),
        onText: config.answers ? (text) => onText(config.name, text) : undefined,
        onTrouble: (why) => onTrouble(config.name, why),
        clock,
      });
    case 'smtp':
      return new SmtpChannel({
        ...config.server,
        tls: config.tls,
        ca: authority(config.ca_file),
        username: config.username,
        password: config.password?.bytes.toString(),
        from: config.from,
      });
    case 'ntfy':
      return new NtfyChannel({ url: config.url, topic: config.topic, token: config.token?.bytes.toString() }, clock);
    case 'webhook':
      return new WebhookChannel(
        { url: config.url, headers: (config.header ?? []).map(nameAndValue), secret: config.secret.bytes },
        clock,
      );
    case 'file':
      return new FileChannel(config.directory);
  }
}

function nameAndValue(header: string): readonly [string, string] {
  const colon = header.indexOf(':');
  return [header.slice(0, colon), header.slice(colon + 1).trim()];
}
