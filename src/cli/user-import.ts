import { Command } from 'commander';
import { OperatorError } from '../errors.ts';
import { importUserCsv } from '../import/import-user-csv.ts';
import { isProblem, type RowProblem } from '../import/row-problem.ts';
import type { Place } from '../import/token-row.ts';
import type { UserRow } from '../import/user-row.ts';
import { randomOctets } from '../random.ts';
import {
  applyUsers,
  maxImportedUsers,
  planUsers,
  type ImportedUser,
  type Obstacle,
  type Owner,
} from '../store/import-users.ts';
import { maxGroups } from '../store/user-groups.ts';
import { maxNames } from '../store/users.ts';
import type { CommonOptions } from './common-options.ts';
import { lineCount } from './line-count.ts';
import { newChange } from './new-change.ts';
import { print, printJson } from './print.ts';
import { ProgressBar } from './progress-bar.ts';
import { userName } from './user-name.ts';
import { withStore } from './with-store.ts';

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
  await withStore(options, async (store) => {
    const { users, places, problems } = await readUsers(file);
    const input = { users, distinct };
    const doIt = apply && problems.length === 0;
    const plan = doIt
      ? await store.run(applyUsers, { ...input, change: newChange('user import') })
      : await store.run(planUsers, input);
    const refused = plan.refused.map(({ index, why }) => ({
      place: places[index] ?? { file, line: 1 },
      message: refusal(why, (owner) =>
        typeof owner === 'string' ? `the user "${owner}"` : `the user of line ${places[owner]?.line}`,
      ),
    }));
    const all = [...problems, ...refused].toSorted((one, other) => one.place.line - other.place.line);
    const applied = doIt && all.length === 0;
    const present = plan.present.length;
    if (options.json) printJson({ applied, new: plan.added, present, problems: all.map(problemJson) });
    else {
      print(...all.map(({ place, message }) => `${place.file}:${place.line}: ${message}`));
      print(
        `${applied ? 'Added' : 'New'}: ${plan.added}. Already there, left as they are: ${present}. Problems: ${all.length}.`,
      );
    }
    if (all.length > 0)
      throw new OperatorError('refused', `nothing ${apply ? 'was' : 'would be'} imported: it takes all rows or none`);
    if (!applied && !options.json) print('Nothing was changed yet: --apply does it.');
  });
}

function refusal(why: Obstacle, nameOf: (owner: Owner) => string): string {
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

function problemJson({ place: { file, line }, message }: RowProblem): object {
  return { file, line, message };
}

interface ReadUsers {
  readonly users: readonly ImportedUser[];
  /** Where each of them stands. */
  readonly places: readonly Place[];
  readonly problems: readonly RowProblem[];
}

async function readUsers(file: string): Promise<ReadUsers> {
  const users: ImportedUser[] = [];
  const places: Place[] = [];
  const problems: RowProblem[] = [];
  const bar = new ProgressBar('Reading', await lineCount(file));
  for await (const row of importUserCsv(file)) {
    bar.update(row.place.line);
    if (isProblem(row)) problems.push(row);
    else {
      users.push(imported(row));
      places.push(row.place);
    }
    if (users.length > maxImportedUsers) {
      bar.end();
      throw new OperatorError('refused', `${file} has more than ${maxImportedUsers} users: import it in parts`);
    }
  }
  bar.end();
  return { users, places, problems };
}

function imported({ place: _place, aliases, ...row }: UserRow): ImportedUser {
  return { ...row, id: randomOctets(16).toString('hex'), names: [row.name, ...aliases].map(userName) };
}
