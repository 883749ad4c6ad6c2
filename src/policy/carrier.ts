import { sentMethods } from './sent-method.ts';

/** What messages go by: codes and notices alike, and notices alone by a notification. */
export const carriers = [...sentMethods, 'notify'] as const;
export type Carrier = (typeof carriers)[number];

/** What brings a link: a call brings none. */
export type NoticeCarrier = Exclude<Carrier, 'voice'>;
