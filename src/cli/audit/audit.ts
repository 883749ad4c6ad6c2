import { Command } from 'commander';
import { auditAnchorCommand } from './anchor.ts';
import { auditVerifyCommand } from './verify.ts';

/** `radgate audit ...` */
export function auditCommand(): Command {
  return new Command('audit')
    .description('prove that the audit is as it was written')
    .addCommand(auditVerifyCommand())
    .addCommand(auditAnchorCommand());
}
