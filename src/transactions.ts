import { purgeSessions, recordSession } from './accounting/record.ts';
import { showApprovalState } from './approval/approval-state.ts';
import { beginApproval } from './approval/begin-approval.ts';
import { callEndOf, endCall } from './approval/call.ts';
import { closeApproval } from './approval/close-approval.ts';
import { decideApproval } from './approval/decide-approval.ts';
import { decidedApprovals, purgeApprovals } from './approval/decided-approvals.ts';
import { showApproval } from './approval/show-approval.ts';
import { checkAnchor } from './audit/check-anchor.ts';
import { countDenials } from './audit/count-denials.ts';
import { countMessages } from './audit/count-messages.ts';
import { countUsage } from './audit/count-usage.ts';
import { findFraud } from './audit/find-fraud.ts';
import { findLogin } from './audit/find-login.ts';
import { findSubject } from './audit/find-subject.ts';
import { listRows } from './audit/list-rows.ts';
import { notePurge, purgeAudit } from './audit/purge-audit.ts';
import { recordChange } from './audit/record-change.ts';
import { record } from './audit/record.ts';
import { findStrays, listChains, verifyPage } from './audit/verify-chain.ts';
import { decideByDevice } from './device/decide-by-device.ts';
import { issueNonce } from './device/device-nonces.ts';
import { listDevices, revokeDevices } from './device/devices.ts';
import { listWaiting } from './device/list-waiting.ts';
import { createEnrolments } from './enrol/create-enrolments.ts';
import { beginEnrolApp, confirmEnrolApp } from './enrol/enrol-app.ts';
import { beginEnrolDevice, enrolDevice } from './enrol/enrol-device.ts';
import { beginEnrolPhone, confirmEnrolPhone } from './enrol/enrol-phone.ts';
import { finishEnrolment } from './enrol/finish-enrolment.ts';
import { reportEnrolment } from './enrol/report-enrolment.ts';
import { showEnrolment } from './enrol/show-enrolment.ts';
import { assignToken } from './factor/assign-token.ts';
import { findCodeForms } from './factor/code-forms.ts';
import { replaceRecoveryCodes } from './factor/recovery-codes.ts';
import { beginSentCode } from './factor/sent-code.ts';
import { resyncToken } from './factor/resync.ts';
import { attempt } from './login/attempt.ts';
import { confirm } from './login/confirm.ts';
import { forgetLogins, recallLogin, rememberLogin } from './login/remember.ts';
import { findFactor, sendEnrolment } from './login/send-enrolment.ts';
import { useAppPassword } from './login/use-app-password.ts';
import { useBypass } from './login/use-bypass.ts';
import { purgeWaiting, putWaiting, releaseWaiting, settleWaiting, takeWaiting } from './login/waiting-store.ts';
import { noteHabits, showHabits } from './nas/kept-habits.ts';
import { forgetSeen, loadSeen, rememberSeen } from './nas/seen-authenticators.ts';
import { localKept } from './primary/local-kept.ts';
import { loadProxyMark } from './primary/proxy-mark.ts';
import { localPassword } from './primary/local.ts';
import { loadPushKey } from './push/load-push-key.ts';
import { subscribeDevice } from './push/subscribe-device.ts';
import { probeStore } from './store/probe-store.ts';
import { sharedClock } from './store/shared-clock.ts';
import { countQueued } from './store/count-queued.ts';
import { dropSubscription } from './push/subscriptions.ts';
import { addAppPassword, listAppPasswords, revokeAppPasswords } from './store/app-passwords.ts';
import { beginStream, nextEvents, noteSent } from './siem/next-events.ts';
import { backup } from './store/backup.ts';
import { cancelBypass, grantBypass } from './store/bypasses.ts';
import { exportDigestKey, exportPage } from './store/export.ts';
import { identify } from './store/identify.ts';
import { applyUsers, planUsers } from './store/import-users.ts';
import { countUsers, listUsers } from './store/list-users.ts';
import { findToken } from './store/find-token.ts';
import { checkTokenRows, importTokenRows } from './store/import-tokens.ts';
import { beginImport, clearImport, finishImport, importIsUnfinished, importRows } from './store/import.ts';
import { knownGroups } from './store/known-groups.ts';
import { lastAudit } from './store/last-audit.ts';
import { listOutbox } from './store/list-outbox.ts';
import { noteReceipt } from './store/note-receipt.ts';
import { purgeOutbox } from './store/purge-outbox.ts';
import { settleMessage } from './store/settle-message.ts';
import { takeMessages } from './store/take-messages.ts';
import { notRestarted } from './store/not-restarted.ts';
import { countOtherKeys, keyFacts, reseal, resealDigestKey, writeWith } from './store/rekey.ts';
import { knownNames } from './store/known-names.ts';
import { storeFacts } from './store/store-facts.ts';
import { setToken } from './store/set-token.ts';
import { addToken, listTokens, removeToken, showToken } from './store/tokens.ts';
import { unassignToken } from './store/unassign-token.ts';
import { resetUser } from './store/reset-user.ts';
import { switchUser } from './store/switch-user.ts';
import { unlockUser } from './store/unlock-user.ts';
import { addUser, removeUser, setUser, showUser } from './store/users.ts';

/** Every transaction there is: the store's thread finds them here by name. */
export const transactions = [
  addAppPassword,
  addToken,
  addUser,
  applyUsers,
  assignToken,
  attempt,
  backup,
  beginApproval,
  beginEnrolApp,
  beginEnrolDevice,
  beginEnrolPhone,
  beginImport,
  beginSentCode,
  beginStream,
  cancelBypass,
  checkAnchor,
  checkTokenRows,
  clearImport,
  callEndOf,
  closeApproval,
  endCall,
  confirm,
  confirmEnrolApp,
  confirmEnrolPhone,
  countDenials,
  countMessages,
  countOtherKeys,
  countUsage,
  countUsers,
  decideApproval,
  decideByDevice,
  decidedApprovals,
  createEnrolments,
  enrolDevice,
  exportDigestKey,
  exportPage,
  findCodeForms,
  findFactor,
  findFraud,
  findStrays,
  findLogin,
  findSubject,
  findToken,
  finishEnrolment,
  finishImport,
  forgetLogins,
  forgetSeen,
  grantBypass,
  identify,
  importIsUnfinished,
  importRows,
  importTokenRows,
  issueNonce,
  keyFacts,
  knownNames,
  lastAudit,
  knownGroups,
  listChains,
  listAppPasswords,
  listDevices,
  listOutbox,
  listRows,
  listTokens,
  listUsers,
  listWaiting,
  loadProxyMark,
  loadSeen,
  localKept,
  localPassword,
  countQueued,
  sharedClock,
  probeStore,
  nextEvents,
  noteHabits,
  notePurge,
  noteReceipt,
  noteSent,
  notRestarted,
  planUsers,
  purgeApprovals,
  purgeAudit,
  purgeOutbox,
  purgeSessions,
  purgeWaiting,
  putWaiting,
  recallLogin,
  record,
  recordChange,
  recordSession,
  releaseWaiting,
  rememberLogin,
  rememberSeen,
  removeToken,
  removeUser,
  replaceRecoveryCodes,
  reportEnrolment,
  reseal,
  resealDigestKey,
  resetUser,
  revokeAppPasswords,
  revokeDevices,
  sendEnrolment,
  setToken,
  setUser,
  resyncToken,
  settleMessage,
  settleWaiting,
  showApproval,
  showApprovalState,
  showEnrolment,
  showToken,
  showHabits,
  showUser,
  switchUser,
  takeMessages,
  takeWaiting,
  unassignToken,
  unlockUser,
  useAppPassword,
  useBypass,
  loadPushKey,
  dropSubscription,
  storeFacts,
  subscribeDevice,
  verifyPage,
  writeWith,
] as const;
