import { Command, Option } from 'commander';
import { readAnchor, type Anchor } from '../../audit/anchor.ts';
import { chainName } from '../../audit/chain.ts';
import { placeOf, type Finding } from '../../audit/verify-chain.ts';
import { verifyAudit, type VerifiedAudit } from '../../audit/verify.ts';
import { Exit, OperatorError } from '../../errors.ts';
import type { CommonOptions } from '../common-options.ts';
import { fileLines, LineError } from '../input/file-lines.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { print, printJson } from '../terminal/print.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { shown } from '../terminal/shown.ts';
import { wrap } from '../terminal/wrap.ts';
import { withExistingStore } from '../with-existing-store.ts';

interface Options extends CommonOptions {
  readonly anchor?: string;
  readonly since?: string;
  readonly json?: boolean;
}

const width = 80;
/** Anchors of one file, at most. */
const mostAnchors = 10_000;

/** `radgate audit verify` */
export function auditVerifyCommand(): Command {
  return new Command('verify')
    .description('prove that no row of the audit was altered, removed or inserted')
    .addOption(
      new Option('--anchor <file>', 'prove too that all is there that was at these anchors').conflicts('since'),
    )
    .option('--since <file>', 'the same, and look at newer rows only')
    .option('--json', 'for programs')
    .action(async (_options: unknown, command: Command) => verify(command.optsWithGlobals()));
}

async function verify(options: Options): Promise<void> {
  const file = options.since ?? options.anchor;
  const anchors = file === undefined ? [] : await readAnchors(file);
  let bar: ProgressBar | undefined;
  const onProgress = (done: number, total: number): void => {
    bar ??= new ProgressBar('Verifying', total);
    bar.update(done);
  };
  const onlyNewer = options.since !== undefined;
  const verified = await withExistingStore(options, (store) =>
    verifyAudit(store, { anchors, onlyNewer, onProgress }),
  ).finally(() => bar?.end());
  if (verified.findings.length > 0) process.exitCode = Exit.refused;
  if (options.json) return printJson(json(verified));
  print(...linesOf(verified, anchors.length));
}

async function readAnchors(file: string): Promise<Anchor[]> {
  const anchors: Anchor[] = [];
  let line = 0;
  try {
    for await (const text of fileLines(file)) {
      line++;
      const anchor = readAnchor(text);
      if (!anchor) throw new LineError(line, 'this line is no anchor, as "radgate audit anchor" prints it');
      if (anchors.push(anchor) > mostAnchors) throw new LineError(line, `there are more than ${mostAnchors} anchors`);
    }
  } catch (error) {
    if (error instanceof LineError)
      throw new OperatorError('usage', `${file}:${error.line}: ${error.message}`, { cause: error });
    if (error instanceof Error && 'syscall' in error)
      throw new OperatorError('usage', `cannot read ${file}: ${error.message}`, { cause: error });
    throw error;
  }
  if (anchors.length === 0) throw new OperatorError('usage', `${file} holds no anchor`);
  return anchors;
}

const told: Readonly<Record<Finding['what'], string>> = {
  altered: 'this row is not as it was written',
  removed: 'rows are missing from this one on',
  inserted: 'radgate did not write this row',
  'head-altered': 'how far the chain has come was altered: rows behind this one may be missing',
  'purge-altered': 'how far the chain was purged was altered: rows before may be missing',
  'chain-removed': 'what the store knows of the chain is missing',
  'not-as-anchored': 'this row is not the one of the anchor',
};

function linesOf({ rows, chains, unlinked, findings }: VerifiedAudit, anchors: number): string[] {
  const of = `${rows} row(s) in ${chains.length} chain(s)`;
  const old = unlinked > 0 ? [`Not proven: ${unlinked} rows of before there were chains.`] : [];
  if (findings.length === 0)
    return [
      `${of}: each is as it was written, and none is missing between them.`,
      ...(anchors > 0 ? [`All is there that was at ${anchors} anchor(s).`] : []),
      ...old,
    ];
  return [
    `NOT as it was written: ${findings.length} finding(s); ${of} are right.`,
    ...findings.flatMap((finding) => [
      '',
      ...wrap(`${placeOf(finding)}: ${told[finding.what]}.`, width),
      ...rowOf(finding),
    ]),
    '',
    ...old,
    ...wrap(
      'The first of each chain is told: what comes after it proves nothing. Keep the store as it is, and find out who could write it.',
      width,
    ),
  ];
}

function rowOf({ row }: Finding): string[] {
  if (!row) return [];
  const at = row.at === null ? 'at an impossible time' : `of ${localTime(row.at)}`;
  return [`  number ${row.id} ${at}, login ${shown(row.loginId)}`];
}

/** A contract with scripts, see docs/command-line.md. */
function json({ rows, chains, unlinked, findings }: VerifiedAudit): object {
  return {
    right: findings.length === 0,
    rows,
    unlinked,
    chains: chains.map(({ id, node, seq, purgedSeq }) => ({
      chain: chainName(id),
      node,
      last: seq,
      purged: purgedSeq,
    })),
    findings: findings.map(({ chain, seq, what, row }) => ({
      chain: chain === null ? null : chainName(chain),
      row: seq,
      what,
      id: row?.id ?? null,
      time: row === null || row.at === null ? null : isoTime(row.at),
      login: row?.loginId ?? null,
    })),
  };
}
