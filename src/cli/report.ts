import { Command } from 'commander';
import { reportDeliveryCommand } from './report-delivery.ts';
import { reportDenialsCommand } from './report-denials.ts';
import { reportEnrolmentCommand } from './report-enrolment.ts';
import { reportLoginsCommand } from './report-logins.ts';
import { reportUsageCommand } from './report-usage.ts';
import { reportUserCommand } from './report-user.ts';

/** `radgate report ...` */
export function reportCommand(): Command {
  return new Command('report')
    .description('tell who came in and who did not, and why')
    .addCommand(reportLoginsCommand())
    .addCommand(reportUserCommand())
    .addCommand(reportDenialsCommand())
    .addCommand(reportUsageCommand())
    .addCommand(reportDeliveryCommand())
    .addCommand(reportEnrolmentCommand());
}
