/** A tick on the pages' green, drawn within the part of an icon that every mask leaves. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" fill="#0b6b3a"/><path d="M152 264l76 76 140-160" fill="none" stroke="#fff" stroke-width="48" stroke-linecap="round" stroke-linejoin="round"/></svg>
`;
