/** The options of the command line, as problems name them. */
export const optionNames = {
  secretFormat: '--secret-format',
  delimiter: '--delimiter',
  presharedKey: '--key-file',
  password: '--password-file',
} as const;
