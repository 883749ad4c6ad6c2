import { Command } from 'commander';
import { writeAnchor } from '../../audit/anchor.ts';
import { listChains, placeOf } from '../../audit/verify-chain.ts';
import { OperatorError } from '../../errors.ts';
import type { CommonOptions } from '../common-options.ts';
import { print } from '../terminal/print.ts';
import { withExistingStore } from '../with-existing-store.ts';

/** `radgate audit anchor` */
export function auditAnchorCommand(): Command {
  return new Command('anchor')
    .description('print how far each chain of the audit has come: keep it on another host')
    .action(async (_options: unknown, command: Command) => anchor(command.optsWithGlobals()));
}

async function anchor(options: CommonOptions): Promise<void> {
  const { chains, findings } = await withExistingStore(options, (store) => store.run(listChains, null));
  const [first] = findings;
  if (first)
    throw new OperatorError(
      'refused',
      `the audit is not as it was written (${placeOf(first)}): see "radgate audit verify"`,
    );
  const now = Date.now();
  print(...chains.filter(({ seq }) => seq > 0).map((chain) => writeAnchor(chain, now)));
}
