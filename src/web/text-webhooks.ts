import type { Hono } from 'hono';
import type { TextAnswers } from '../approval/text-answers.ts';
import type { RepeatedLines } from '../observe/repeated-lines.ts';
import type { TextProtocol } from './text-protocol.ts';

export interface TextWebhooksOptions {
  /** The providers that post answers, each with how it does. */
  readonly providers: readonly { readonly name: string; readonly protocol: TextProtocol }[];
  /** `[web] url`. */
  readonly url: string;
  readonly lines: Pick<RepeatedLines, 'warn'>;
  readonly answers: Pick<TextAnswers, 'take'>;
}

/** Answers to texts about logins, as providers post them to `/texts/` and their name, which Hono decodes. */
export function textWebhooks(app: Hono, { providers, url, lines, answers }: TextWebhooksOptions): void {
  app.post('/texts/:provider', async (c) => {
    const provider = providers.find(({ name }) => name === c.req.param('provider'));
    if (!provider) return c.notFound();
    const { name, protocol } = provider;
    const body = new Uint8Array(await c.req.arrayBuffer());
    const posted = {
      url: `${url}/texts/${encodeURIComponent(name)}`,
      header: (key: string) => c.req.header(key),
      body,
    };
    const text = protocol.read(posted);
    if (text === 'forged') {
      lines.warn(
        `text ${name}`,
        { provider: name },
        'approval: a text whose signature is wrong was refused',
        'approval: more texts whose signature is wrong were refused',
      );
      return c.text('forbidden\n', 403);
    }
    if (!text) return c.text('not a text message\n', 400);
    const reply = protocol.reply(await answers.take(name, text));
    return c.body(reply.body, 200, { 'Content-Type': reply.type });
  });
}
