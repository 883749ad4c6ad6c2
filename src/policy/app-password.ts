/** Random octets of an application password: 120 bits. */
export const appPasswordRandom = 15;

/** Its letters and digits, without the dashes: 24 of RFC 4648 §6, none of which is mistaken for another. */
const form = /^[A-Z2-7]{6}(?:-[A-Z2-7]{6}){3}$/;

/** An application password as it is shown and typed: four groups of six. @param base32 24 letters and digits */
export function formatAppPassword(base32: string): string {
  return base32.replaceAll(/.{6}(?=.)/g, '$&-');
}

/** Whether what was typed has the form of an application password, as nobody's own password has. */
export function isAppPassword(typed: Buffer): boolean {
  return form.test(typed.toString('latin1'));
}
