import { sentMethods } from './sent-method.ts';

/** What messages go by: codes and notices alike, and notices alone by a notification. */
export const carriers = [...sentMethods, 'notify'] as const;
export type Carrier = (typeof carriers)[number];

/** What tells a user of a login: a link by the others, a call that is answered by a key. */
export type NoticeCarrier = Carrier;
