import type { NoticeCarrier } from '../policy/carrier.ts';
import { answeredProviders } from './answered-providers.ts';
import { hasChannel } from './has-channel.ts';
import type { Config } from './schema.ts';

/** By what users can be asked to approve: those of `[approval] channels` that a `[[provider]]` brings; a call only where it can be answered. */
export function approvalChannels(config: Pick<Config, 'approval' | 'provider'>): NoticeCarrier[] {
  return config.approval.channels.filter((channel) =>
    channel === 'voice' ? answeredProviders(config, 'voice').length > 0 : hasChannel(config, channel),
  );
}
