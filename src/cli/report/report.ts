import { Command } from 'commander';
import { reportDeliveryCommand } from './delivery.ts';
import { reportDenialsCommand } from './denials.ts';
import { reportEnrolmentCommand } from './enrolment.ts';
import { reportFraudCommand } from './fraud.ts';
import { reportLoginsCommand } from './logins.ts';
import { reportUsageCommand } from './usage.ts';
import { reportUserCommand } from './user.ts';

/** `radgate report ...` */
export function reportCommand(): Command {
  return new Command('report')
    .description('tell who came in and who did not, and why')
    .addCommand(reportLoginsCommand())
    .addCommand(reportUserCommand())
    .addCommand(reportDenialsCommand())
    .addCommand(reportFraudCommand())
    .addCommand(reportUsageCommand())
    .addCommand(reportDeliveryCommand())
    .addCommand(reportEnrolmentCommand());
}
