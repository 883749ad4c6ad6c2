/** Second factors whose code is sent to the user, by what it is sent through. */
export const sentMethods = ['sms', 'voice', 'email'] as const;
export type SentMethod = (typeof sentMethods)[number];
