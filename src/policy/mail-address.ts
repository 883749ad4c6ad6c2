/** Octets of an address at most: RFC 5321 §4.5.3.1.3. */
const longest = 254;

/** Whether it is one address and nothing that a mail's header could take for more. */
export function isMailAddress(text: string): boolean {
  return text.length <= longest && /^[^\s@,;<>"\p{C}]+@[^\s@,;<>"\p{C}]+$/u.test(text);
}
