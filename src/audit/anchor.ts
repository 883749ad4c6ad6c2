import * as z from 'zod';
import { chainName, type Chain } from './chain.ts';

/** How far one chain had come when it was looked at: kept where nobody who can write the store can write, it proves every row until then. */
export interface Anchor {
  readonly chain: number;
  readonly seq: number;
  /** 32 octets. */
  readonly link: Buffer;
}

const form = z.object({
  radgate_anchor: z.literal(1),
  chain: z.string().regex(/^[0-9a-f]{12}$/),
  seq: z.int().min(1),
  link: z.string().regex(/^[0-9a-f]{64}$/),
});

/** One line of JSON. @param at milliseconds since 1970 UTC */
export function writeAnchor({ id, node, seq, link }: Chain, at: number): string {
  const time = new Date(at).toISOString();
  return JSON.stringify({ radgate_anchor: 1, time, node, chain: chainName(id), seq, link: link.toString('hex') });
}

/** @returns undefined if the line is no anchor */
export function readAnchor(line: string): Anchor | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const read = form.safeParse(json);
  if (!read.success) return undefined;
  const { chain, seq, link } = read.data;
  return { chain: Number.parseInt(chain, 16), seq, link: Buffer.from(link, 'hex') };
}
