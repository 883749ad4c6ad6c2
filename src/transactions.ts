import { record } from './audit/record.ts';
import { attempt } from './login/attempt.ts';
import { confirm } from './login/confirm.ts';
import { purgeWaiting, putWaiting, releaseWaiting, settleWaiting, takeWaiting } from './login/waiting-store.ts';
import { forgetSeen, loadSeen, rememberSeen } from './nas/seen-authenticators.ts';
import { localPassword } from './primary/local.ts';
import { identify } from './store/identify.ts';
import { addToken, listTokens, removeToken } from './store/tokens.ts';
import { addUser, listUsers, removeUser, setUser, showUser, unlockUser } from './store/users.ts';

/** Every transaction there is: the store's thread finds them here by name. */
export const transactions = [
  addToken,
  addUser,
  attempt,
  confirm,
  forgetSeen,
  identify,
  listTokens,
  listUsers,
  loadSeen,
  localPassword,
  purgeWaiting,
  putWaiting,
  record,
  releaseWaiting,
  rememberSeen,
  removeToken,
  removeUser,
  setUser,
  settleWaiting,
  showUser,
  takeWaiting,
  unlockUser,
] as const;
