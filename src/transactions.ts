import { record } from './audit/record.ts';
import { attempt } from './login/attempt.ts';
import { purgeWaiting, putWaiting, releaseWaiting, settleWaiting, takeWaiting } from './login/waiting-store.ts';
import { forgetSeen, loadSeen, rememberSeen } from './nas/seen-authenticators.ts';
import { localPassword } from './primary/local.ts';
import { identify } from './store/identify.ts';

/** Every transaction there is: the store's thread finds them here by name. */
export const transactions = [
  attempt,
  forgetSeen,
  identify,
  loadSeen,
  localPassword,
  purgeWaiting,
  putWaiting,
  record,
  releaseWaiting,
  rememberSeen,
  settleWaiting,
  takeWaiting,
] as const;
