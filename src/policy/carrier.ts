import { sentMethods } from './sent-method.ts';

/** What messages go by: codes and notices alike; notices alone by a notification, or to the app page on a phone. */
export const carriers = [...sentMethods, 'notify', 'push'] as const;
export type Carrier = (typeof carriers)[number];

/** What tells a user of a login: a link by the others, a call that is answered by a key. A push is no channel of its own: it leads to the page on the phone. */
export type NoticeCarrier = Exclude<Carrier, 'push'>;
