import type { DeviceAttribute } from '../policy/device-attribute.ts';
import type { AppendRules } from '../policy/append.ts';
import type { PromptFormat } from '../policy/prompt.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';

/** A RADIUS client: what `[[client]]` says of it. It is chosen by the source address alone, never by an attribute. */
export interface Nas {
  readonly name: string;
  readonly secret: SharedSecret;
  /** During a rotation: also recognised, on requests whose Message-Authenticator was made with it. */
  readonly secretNext: SharedSecret | undefined;
  readonly messageAuthenticator: 'require' | 'auto' | 'off';
  /** Whether a request without Message-Authenticator is dropped if it carries Proxy-State (CVE-2024-3596). */
  readonly limitProxyState: boolean;
  readonly primary: string;
  readonly factor: 'required' | 'if-enrolled' | 'none';
  /** Whether users are asked to approve: where no code can be asked, before a code, or never. */
  readonly approval: 'auto' | 'first' | 'off';
  /** What tells the user's device; undefined if nothing does. */
  readonly deviceAttribute: DeviceAttribute | undefined;
  /** Whether the address of the user's device, as this client tells it, may open anything. */
  readonly trustsAddress: boolean;
  /** Whether requests without any credential are passed on: the client has authenticated the user itself. */
  readonly passwordless: boolean;
  /** How long it waits for an answer altogether, in milliseconds. */
  readonly deadline: number;
  /** How a code may stand beside the password; undefined where none may. */
  readonly append: AppendRules | undefined;
  /** Whether passwords that radgate made for one program let in, without a second factor. */
  readonly appPasswords: boolean;
  /** Whether signed requests for the lines of an ACL go to the primary without a second factor: they log nobody in. */
  readonly aclDownloads: boolean;
  /** How long a second factor counts on the same device, in milliseconds; undefined if it is asked for each time. */
  readonly remember: number | undefined;
  /** Whether it can show a challenge. */
  readonly challenge: boolean;
  /** What messages to users call it. */
  readonly application: string;
  /** How it shows what a challenge says. */
  readonly promptFormat: PromptFormat;
}
