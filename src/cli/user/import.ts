import { Command } from 'commander';
import { OperatorError } from '../../errors.ts';
import { importUserCsv } from '../../import/import-user-csv.ts';
import { isProblem, type RowProblem } from '../../import/row-problem.ts';
import type { UserRow } from '../../import/user-row.ts';
import { randomOctets } from '../../random.ts';
import {
  applyUsers,
  maxImportedUsers,
  planUsers,
  type ImportedUser,
  type Obstacle,
  type Owner,
} from '../../store/import-users.ts';
import { RowPacker } from '../../store/packed-rows.ts';
import { maxGroups } from '../../store/user-groups.ts';
import { maxNames } from '../../store/users.ts';
import type { CommonOptions } from '../common-options.ts';
import { keepHeapSmall } from '../keep-heap-small.ts';
import { lineCount } from '../input/line-count.ts';
import { newChange } from '../new-change.ts';
import { print, printAll, printJson } from '../terminal/print.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly apply?: boolean;
  readonly distinct?: boolean;
  readonly json?: boolean;
}

/** `radgate user import FILE` */
export function userImportCommand(): Command {
  return new Command('import')
    .description('add the users of a CSV file, all or none; without --apply only say what would happen')
    .argument('<file>', 'its first line names the columns: name, aliases, first name, last name, e-mail, phone, groups')
    .option('--apply', 'do it')
    .option('--distinct', 'people of similar names are different people')
    .option('--json', 'for programs')
    .action(async (file: string, _options: unknown, command: Command) => importUsers(file, command.optsWithGlobals()));
}

async function importUsers(file: string, options: Options): Promise<void> {
  const { apply = false, distinct = false } = options;
  keepHeapSmall();
  await withStore(options, async (store) => {
    const { rows, problems } = await readUsers(file);
    const doIt = apply && problems.length === 0;
    const plan = doIt
      ? await store.run(applyUsers, { rows, distinct, change: newChange('user import') })
      : await store.run(planUsers, { rows, distinct });
    const refused = plan.refused.map(({ line, why }) => ({ place: { file, line }, message: refusal(why) }));
    const all = [...problems, ...refused].toSorted((one, other) => one.place.line - other.place.line);
    const applied = doIt && all.length === 0;
    const { added, present } = plan;
    if (options.json) printJson({ applied, new: added, present, problems: all.map(problemJson) });
    else {
      printAll(all.map(({ place, message }) => `${place.file}:${place.line}: ${message}`));
      print(
        `${applied ? 'Added' : 'New'}: ${added}. Already there, left as they are: ${present}. Problems: ${all.length}.`,
      );
    }
    if (all.length > 0)
      throw new OperatorError('refused', `nothing ${apply ? 'was' : 'would be'} imported: it takes all rows or none`);
    if (!applied && !options.json) print('Nothing was changed yet: --apply does it.');
  });
}

function refusal(why: Obstacle): string {
  switch (why.kind) {
    case 'taken':
      return `"${why.name}" is a name of ${nameOf(why.owner)} already.`;
    case 'alike':
      return `"${why.name}" could be ${nameOf(why.owner)}: without domain and accents it is the same name. One person? Make it an alias. Two? Say so with --distinct.`;
    case 'names':
      return `There are more than ${maxNames} names, the most that a user can go by.`;
    case 'groups':
      return `There are more than ${maxGroups} groups, the most that a user can be in.`;
  }
}

function nameOf(owner: Owner): string {
  return typeof owner === 'string' ? `the user "${owner}"` : `the user of line ${owner}`;
}

function problemJson({ place: { file, line }, message }: RowProblem): object {
  return { file, line, message };
}

interface ReadUsers {
  /** ImportedUsers, packed. */
  readonly rows: readonly Buffer[];
  readonly problems: readonly RowProblem[];
}

async function readUsers(file: string): Promise<ReadUsers> {
  const packer = new RowPacker();
  const problems: RowProblem[] = [];
  const bar = new ProgressBar('Reading', await lineCount(file));
  try {
    for await (const row of importUserCsv(file)) {
      bar.update(row.place.line);
      if (isProblem(row)) problems.push(row);
      else packer.add(imported(row));
      if (packer.count > maxImportedUsers)
        throw new OperatorError('refused', `${file} has more than ${maxImportedUsers} users: import it in parts`);
    }
  } finally {
    bar.end();
  }
  return { rows: packer.pieces(), problems };
}

function imported({ place, aliases, ...row }: UserRow): ImportedUser {
  const names = [row.name, ...aliases].map(userName);
  return { ...row, id: randomOctets(16).toString('hex'), line: place.line, names };
}
