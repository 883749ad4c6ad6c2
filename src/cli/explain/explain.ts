import { Command, Option } from 'commander';
import { findLogin } from '../../audit/find-login.ts';
import type { NumberedRow } from '../../audit/list-rows.ts';
import { noticeChannels } from '../../build/build-approvals.ts';
import { loginRules } from '../../build/login-rules.ts';
import { replyAttributes } from '../../build/reply-attributes.ts';
import { nasOf } from '../../build/nas-of.ts';
import { lockoutRules } from '../../build/rules.ts';
import type { Config } from '../../config/schema.ts';
import { textsOf } from '../../deliver/texts-of.ts';
import { OperatorError } from '../../errors.ts';
import { explain } from '../../login/explain.ts';
import type { Attribute } from '../../packet/packet.ts';
import { protocols, type Protocol } from '../../policy/policy.ts';
import { RealmPrimary } from '../../primary/realm-primary.ts';
import { realmOf } from '../../primary/realms.ts';
import type { Store } from '../../store/store.ts';
import type { CommonOptions } from '../common-options.ts';
import { groupNames } from '../input/plain-option.ts';
import { readMoment } from '../input/read-moment.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { print, printJson } from '../terminal/print.ts';
import { shown } from '../terminal/shown.ts';
import { withExistingStore } from '../with-existing-store.ts';
import type { Asked } from './asked.ts';
import { askedAttribute, askedRequest, recordedDevice } from './asked-request.ts';
import { DescribedPrimary } from './described-primary.ts';
import { explainJson } from './json.ts';
import { explainLines } from './lines.ts';

const day = 86_400_000;

interface Options extends CommonOptions {
  readonly user?: string;
  readonly client?: string;
  readonly login?: string;
  readonly days: number;
  readonly attr: readonly string[];
  readonly group: readonly string[];
  readonly protocol?: Protocol;
  readonly at?: string;
  readonly json?: boolean;
}

const collect = (one: string, before: readonly string[]): string[] => [...before, one];

/** `radgate explain` */
export function explainCommand(): Command {
  return new Command('explain')
    .description('tell which [[policy]] decides a login, and why; nothing is sent')
    .option('--user <name>', 'who logs in, as it is typed')
    .option('--client <name>', 'at which [[client]]')
    .option('--attr <name=value>', 'an attribute of the request; may be given again', collect, [])
    .option('--group <name>', 'a group of the directory; may be given again', collect, [])
    .addOption(new Option('--protocol <protocol>', 'how the credential comes (default: pap)').choices(protocols))
    .option('--at <time>', 'when, such as 2027-01-15 (default: now)')
    .option('--login <id>', 'a login of the audit, by the rules of today')
    .addOption(
      new Option('--days <n>', 'with --login: how far back it is looked for')
        .argParser(wholeNumber(1, 3_650))
        .default(31),
    )
    .option('--json', 'for programs')
    .action(async (_options: unknown, command: Command) => explainLogin(command.optsWithGlobals()));
}

async function explainLogin(options: Options): Promise<void> {
  const own = options.attr.map(askedAttribute);
  const groups = groupNames(options.group);
  if (options.login === undefined ? !(options.user && options.client) : (options.user ?? options.client) !== undefined)
    throw new OperatorError('usage', 'it takes --user and --client, or --login');
  const now = Date.now();
  const at = options.at === undefined ? undefined : readMoment('--at', options.at, 'start', now);
  await withExistingStore(options, async (store, config) => {
    const row =
      options.login === undefined
        ? undefined
        : await store.run(findLogin, { loginId: options.login, since: now - options.days * day });
    const asked: Asked = {
      user: row?.userName ?? options.user ?? '',
      client: row?.client ?? options.client ?? '',
      protocol: options.protocol ?? protocolOf(row),
      isChange: options.protocol === undefined && row?.protocol === 'ms-chap-change',
      at: at ?? row?.at ?? now,
    };
    const { explained, notes, rule, primary } = await explainIn(store, config, asked, own, groups, row);
    if (options.json) printJson(explainJson(asked, primary, explained, rule, notes));
    else print(...explainLines(asked, primary, explained, rule, notes).map(shown));
  });
}

async function explainIn(
  store: Store,
  config: Config,
  asked: Asked,
  own: readonly Attribute[],
  groups: readonly string[],
  row: NumberedRow | undefined,
) {
  const client = config.client.find(({ name }) => name === asked.client);
  if (!client) throw new OperatorError('usage', `there is no [[client]] "${asked.client}"`);
  const nas = nasOf(client);
  const realm = realmOf(config.realm, nas.name, Buffer.from(asked.user));
  const primary = config.primary.find(({ name }) => name === (realm?.primary ?? nas.primary));
  if (!primary) throw new Error('a config was read whose client has no primary');
  const described = new DescribedPrimary(primary, groups, replyAttributes(config));
  const told = row ? recordedDevice(nas, row) : [];
  const explained = await explain(store, {
    rules: { ...loginRules(config, textsOf(config)), channels: noticeChannels(config) },
    lockout: lockoutRules(config),
    nas,
    request: askedRequest(asked.user, asked.protocol, asked.isChange, [...told, ...own]),
    primary: realm ? new RealmPrimary(described, realm) : described,
    now: asked.at,
  });
  const rule = explained.judged.find(({ matches }) => matches)?.policy;
  return { explained, notes: described.notes, rule, primary: primary.name };
}

function protocolOf(row: NumberedRow | undefined): Protocol {
  if (row?.protocol === 'ms-chap-change') return 'ms-chap';
  if (row?.protocol === undefined || row.protocol === null) return 'pap';
  return protocols.find((one) => one === row.protocol) ?? 'none';
}
