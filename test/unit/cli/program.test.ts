import { expect } from 'chai';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { program } from '../../../src/cli/program.ts';
import { startChild } from '../../peer/child.ts';
import { localConfig, program as file, Workplace } from './command.ts';

describe('radgate', () => {
  const work = new Workplace();
  after(() => work.remove());

  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  const nameOf = (command: Command): string =>
    command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

  const manual = readFileSync(new URL('../../../../docs/command-line.md', import.meta.url), 'utf8');
  /** What the manual says of a command: the part under the heading of its first word, and of what all take. */
  const sectionOf = (command: Command): string => {
    const [, first = 'serve', second = ''] = nameOf(command).split(' ');
    const parts = manual.split(/^## /m);
    const own = parts.find((part) => part.startsWith(`${first}\n`) || part.startsWith(`${first} ${second}\n`));
    return `${own ?? ''}${parts.find((part) => part.startsWith('For all commands')) ?? ''}`;
  };
  /** The commands that a synopsis is of: several, as of `user disable|enable NAME`. */
  const commandsOf = (command: Command, words: readonly string[]): readonly Command[] => {
    const [word = '', ...more] = words;
    const found = word.split('|').flatMap((name) => command.commands.filter((each) => each.name() === name));
    return found.length === 0 ? [command] : found.flatMap((each) => commandsOf(each, more));
  };

  it('has the commands of docs/command-line.md, and each says what it does within 80 columns', async () => {
    const commands = all(await program(['help']));
    expect(commands.map(nameOf)).to.have.members([
      'radgate',
      ...['serve', 'check', 'reload', 'trace', 'login', 'explain', 'user', 'token', 'demo', 'demo code'].map(
        (name) => `radgate ${name}`,
      ),
      ...['add', 'import', 'enrol', 'list', 'show', 'set', 'disable', 'enable'].map((name) => `radgate user ${name}`),
      ...['unlock', 'bypass', 'recovery', 'devices', 'reset', 'remove'].map((name) => `radgate user ${name}`),
      'radgate user app-password',
      ...['add', 'list', 'revoke'].map((name) => `radgate user app-password ${name}`),
      ...['add', 'confirm', 'import', 'assign', 'unassign'].map((name) => `radgate token ${name}`),
      ...['list', 'show', 'set', 'resync', 'remove'].map((name) => `radgate token ${name}`),
      ...['deliver', 'deliver test', 'deliver list'].map((name) => `radgate ${name}`),
      ...['client', 'client list', 'client show'].map((name) => `radgate ${name}`),
      'radgate report',
      ...['logins', 'user', 'denials', 'fraud', 'usage', 'delivery', 'enrolment'].map(
        (name) => `radgate report ${name}`,
      ),
      'radgate audit',
      ...['verify', 'anchor'].map((name) => `radgate audit ${name}`),
      'radgate support-bundle',
      'radgate store',
      ...['backup', 'rekey', 'export', 'import'].map((name) => `radgate store ${name}`),
    ]);
    for (const command of commands) {
      const help = command
        .configureOutput({ getOutHelpWidth: () => 80, getOutHasColors: () => false })
        .helpInformation();
      expect(help.split('\n').filter((line) => line.length > 80)).to.deep.equal([]);
      expect([nameOf(command), command.description() === '']).to.deep.equal([nameOf(command), false]);
      for (const { long, hidden } of command.options)
        if (long && !hidden && long !== '--version')
          expect(sectionOf(command), `${nameOf(command)} ${long}`).to.contain(long);
    }
  });

  it('has all that the synopses of docs/command-line.md promise', async () => {
    const [main = expect.fail('no program')] = all(await program(['help']));
    const global = main.options.map(({ long }) => long);
    const blocks = Array.from(manual.matchAll(/^```\n(radgate [\s\S]*?)^```/gm), ([, block = '']) => block);
    const synopses = blocks.flatMap((block) => block.split(/^(?=radgate )/m));
    expect(synopses).to.have.length.greaterThan(40);
    for (const synopsis of synopses)
      for (const command of commandsOf(main, synopsis.replace('[serve]', 'serve').split(/\s+/).slice(1))) {
        const known = new Set([...global, ...command.options.map(({ long }) => long), '--help']);
        const promised = Array.from(synopsis.matchAll(/--[a-z][a-z-]*/g), ([option]) => option);
        expect(
          promised.filter((option) => !known.has(option)),
          synopsis,
        ).to.deep.equal([]);
      }
  });

  it('prints the version of the package and its help, with 0', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await work.does(['--version'])).to.equal(`${version}\n`);
    expect(await work.does(['help'])).to.contain('Usage: radgate [options] [command]');
  });

  it('says what it does not understand, with 64', async () => {
    const tries = [
      [['usr'], 'there is no command "usr": see "radgate help"'],
      [['user'], 'Usage: radgate user'],
      [['user', 'lst'], "unknown command 'lst'"],
      [['user', 'add'], "missing required argument 'name'"],
      [['--bogus'], "unknown option '--bogus'"],
      [['token', 'add', 'alice', '--digits', '9'], 'Allowed choices are 6, 7, 8'],
      [['user', 'list', '--data', ''], '--data must name a directory'],
    ] as const;
    const ends = await Promise.all(tries.map(([args]) => work.radgate(args)));
    for (const [index, [, said]] of tries.entries()) {
      expect([said, ends[index]?.code, ends[index]?.stdout]).to.deep.equal([said, 64, '']);
      expect(ends[index]?.stderr).to.contain(said);
    }
  });

  it('says what is wrong with config, store and key, each with its exit code', async () => {
    const config = (store: string): string => localConfig.replace('sqlite:radgate.db', store);
    work.write('bad.conf', 'x = 1\n');
    work.write('far.conf', config('sqlite:no/such/dir/radgate.db'));
    work.write('own.conf', config('sqlite:own.db'));
    work.write('text.conf', config('sqlite:text.db'));
    work.write('text.db', 'this is a text and no store\n'.repeat(200));
    work.write('radgate.key', 'not a key\n');
    const tries = [
      [['user', 'list', '-c', 'none.conf'], 78, 'there is no config file none.conf'],
      [['-c', 'bad.conf', 'user', 'list'], 78, 'bad.conf:1: '],
      [['user', 'list', '-c', 'far.conf'], 69, 'Its directory is not there'],
      [['user', 'list', '-c', 'text.conf'], 69, 'The file is damaged'],
      [['user', 'list', '-c', 'own.conf'], 77, 'does not hold keys of 64 hexadecimal digits'],
    ] as const;
    const ends = await Promise.all(tries.map(([args]) => work.radgate(args)));
    for (const [index, [args, code, said]] of tries.entries()) {
      expect([args, ends[index]?.code, ends[index]?.stdout]).to.deep.equal([args, code, '']);
      expect(ends[index]?.stderr).to.contain(said);
    }
  });

  it('ends without a word when nobody reads its output any more', async () => {
    const child = startChild(process.execPath, [file, 'help'], { cwd: work.dir });
    child.stdout.destroy();
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, Buffer.concat(said).toString()]).to.deep.equal([0, '']);
  });
});
