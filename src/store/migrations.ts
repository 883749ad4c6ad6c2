/**
 * The schema, as the steps that lead to it. A step that has landed is never changed: a new one is added. Times are milliseconds
 * since 1970 UTC; ids are random text, so that stores can be merged and ids can't be guessed.
 */
export const migrations: readonly (readonly string[])[] = [
  [
    'CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)',
    `CREATE TABLE users (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      first_name TEXT,
      last_name TEXT,
      password TEXT,
      phone TEXT,
      email TEXT,
      disabled INTEGER NOT NULL DEFAULT 0,
      created_at BIGINT NOT NULL,
      last_login_at BIGINT
    )`,
    `CREATE TABLE user_groups (
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      PRIMARY KEY (user_id, name)
    )`,
    // One row per name a user goes by: folded whole, folded without its domain, and stripped to its skeleton.
    `CREATE TABLE user_names (
      folded TEXT PRIMARY KEY,
      bare TEXT NOT NULL,
      skeleton TEXT NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
    )`,
    'CREATE INDEX user_names_bare ON user_names (bare)',
    'CREATE INDEX user_names_skeleton ON user_names (skeleton)',
    'CREATE INDEX user_names_user ON user_names (user_id)',
    // user_id: null until a token is assigned. last_step: the highest time step whose code was accepted; only a higher one is accepted again
    // (RFC 6238 §5.2). counter: the lowest HOTP counter still good. drift: steps by which the token's clock is off. resync_next: what a second code
    // must match for the token to be taken in again, and until when.
    `CREATE TABLE tokens (
      id TEXT PRIMARY KEY,
      user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
      type TEXT NOT NULL,
      name TEXT NOT NULL,
      serial TEXT UNIQUE,
      manufacturer TEXT,
      model TEXT,
      secret BLOB NOT NULL,
      algorithm TEXT NOT NULL,
      digits INTEGER NOT NULL,
      period INTEGER NOT NULL,
      pin BLOB,
      state TEXT NOT NULL,
      valid_from BIGINT,
      valid_until BIGINT,
      last_step BIGINT NOT NULL DEFAULT -1,
      counter BIGINT NOT NULL DEFAULT 0,
      drift BIGINT NOT NULL DEFAULT 0,
      resync_next BIGINT,
      resync_until BIGINT,
      created_at BIGINT NOT NULL,
      last_used_at BIGINT,
      UNIQUE (user_id, name)
    )`,
    // Wrong answers in a row, and what the last one was (a keyed digest): the same again from the same client is no second guess.
    `CREATE TABLE lockouts (
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      factor TEXT NOT NULL,
      failures INTEGER NOT NULL DEFAULT 0,
      paused_until BIGINT,
      last_answer BLOB,
      last_client TEXT,
      last_at BIGINT,
      PRIMARY KEY (user_id, factor)
    )`,
    `CREATE TABLE recovery_codes (
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      digest BLOB NOT NULL,
      created_at BIGINT NOT NULL,
      used_at BIGINT,
      PRIMARY KEY (user_id, digest)
    )`,
    `CREATE TABLE bypasses (
      id TEXT PRIMARY KEY,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      reason TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      valid_until BIGINT NOT NULL,
      used_at BIGINT
    )`,
    'CREATE INDEX bypasses_user ON bypasses (user_id, valid_until)',
    `CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at BIGINT NOT NULL,
      login_id TEXT NOT NULL,
      user_id TEXT,
      user_name TEXT NOT NULL,
      client TEXT NOT NULL,
      client_address TEXT NOT NULL,
      calling_station_id TEXT,
      primary_name TEXT NOT NULL,
      method TEXT,
      result TEXT NOT NULL,
      reason TEXT NOT NULL,
      latency_ms INTEGER NOT NULL
    )`,
    'CREATE INDEX audit_at ON audit (at)',
    'CREATE INDEX audit_user ON audit (user_id, at)',
    // expires: on the monotonic clock of the boot that it names, or ('shared') on the clock of the database.
    `CREATE TABLE waiting_logins (
      id BLOB PRIMARY KEY,
      boot TEXT NOT NULL,
      expires BIGINT NOT NULL,
      binding BLOB NOT NULL,
      owner BLOB NOT NULL,
      state TEXT NOT NULL,
      sealed BLOB NOT NULL,
      answer BLOB
    )`,
    'CREATE INDEX waiting_logins_expires ON waiting_logins (expires)',
    'CREATE INDEX waiting_logins_owner ON waiting_logins (owner)',
    // Who was seen to use Message-Authenticator, and so must use it from then on.
    `CREATE TABLE seen_authenticators (
      role TEXT NOT NULL,
      address TEXT NOT NULL,
      PRIMARY KEY (role, address)
    )`,
  ],
  [
    // Where a login waits: at its primary, which asked a question of its own, or at its factor.
    "ALTER TABLE waiting_logins ADD COLUMN stage TEXT NOT NULL DEFAULT 'factor'",
  ],
  [
    // What is kept of a password beside its hash, where a [[primary]] asks for it: enough to answer challenges with. One of them at most.
    'ALTER TABLE users ADD COLUMN sealed_nt_hash BLOB',
    'ALTER TABLE users ADD COLUMN sealed_password BLOB',
  ],
  [
    // Sessions as devices report them. digest: the same for copies of one report.
    `CREATE TABLE accounting (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at BIGINT NOT NULL,
      client TEXT NOT NULL,
      client_address TEXT NOT NULL,
      status TEXT NOT NULL,
      user_name TEXT,
      session_id TEXT,
      session_time BIGINT,
      input_octets BIGINT,
      output_octets BIGINT,
      framed_address TEXT,
      calling_station_id TEXT,
      terminate_cause BIGINT,
      event_at BIGINT,
      digest BLOB NOT NULL
    )`,
    'CREATE INDEX accounting_at ON accounting (at)',
    'CREATE INDEX accounting_digest ON accounting (digest, at)',
  ],
  [
    'ALTER TABLE users ADD COLUMN language TEXT',
    // The way that the user wants to be asked by first: app, sms, voice, email.
    'ALTER TABLE users ADD COLUMN preferred_way TEXT',
    // A code that was sent. dead: another took its place. It is not the code's own row that says whether its message arrived.
    `CREATE TABLE sent_codes (
      challenge_id TEXT PRIMARY KEY,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      method TEXT NOT NULL,
      digest BLOB NOT NULL,
      created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL,
      used_at BIGINT,
      dead INTEGER NOT NULL DEFAULT 0
    )`,
    'CREATE INDEX sent_codes_user ON sent_codes (user_id, method)',
    'CREATE INDEX sent_codes_expires ON sent_codes (expires_at)',
    // Messages to be sent. sealed: who it goes to and what it says, until its end. boot, due, lease_until, valid_until: as expires of
    // waiting_logins. tries: how often it was taken, so that only the last taker can say what came of it.
    `CREATE TABLE outbox (
      id TEXT PRIMARY KEY,
      challenge_id TEXT UNIQUE,
      user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
      method TEXT NOT NULL,
      state TEXT NOT NULL,
      target TEXT NOT NULL,
      client TEXT NOT NULL,
      sealed BLOB,
      boot TEXT NOT NULL,
      due BIGINT NOT NULL,
      valid_until BIGINT NOT NULL,
      owner TEXT,
      lease_until BIGINT,
      tries INTEGER NOT NULL DEFAULT 0,
      provider TEXT,
      provider_id TEXT,
      why TEXT,
      receipt TEXT,
      created_at BIGINT NOT NULL,
      finished_at BIGINT
    )`,
    'CREATE INDEX outbox_due ON outbox (state, method, due)',
    'CREATE INDEX outbox_user ON outbox (user_id, method)',
    'CREATE INDEX outbox_created ON outbox (created_at)',
    'CREATE INDEX outbox_provider ON outbox (provider_id)',
    // How many messages went out in one part of a window. scope and rate: which limit it is of.
    `CREATE TABLE send_counts (
      scope TEXT NOT NULL,
      subject TEXT NOT NULL,
      size BIGINT NOT NULL,
      part BIGINT NOT NULL,
      count INTEGER NOT NULL,
      ends_at BIGINT NOT NULL,
      PRIMARY KEY (scope, subject, size, part)
    )`,
    'CREATE INDEX send_counts_ends ON send_counts (ends_at)',
    // Held while the counts are looked at and raised: what two nodes count at once must not exceed the limit.
    'CREATE TABLE send_lock (id INTEGER PRIMARY KEY, held INTEGER NOT NULL)',
    'INSERT INTO send_lock (id, held) VALUES (1, 0)',
  ],
  [
    // A question whether a login is the user's own, open until it is answered or its time is over. join_key: what another request must have
    // in common to wait for the same answer. mode: the NAS waits, or the page shows a code to type. numbers: of which one must be picked.
    `CREATE TABLE approvals (
      id TEXT PRIMARY KEY,
      login_id TEXT NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      user_name TEXT NOT NULL,
      client TEXT NOT NULL,
      client_address TEXT NOT NULL,
      application TEXT NOT NULL,
      device TEXT,
      primary_name TEXT NOT NULL,
      join_key BLOB,
      mode TEXT NOT NULL,
      number INTEGER,
      numbers TEXT,
      language TEXT NOT NULL,
      status TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL,
      decided_at BIGINT,
      decided_by TEXT
    )`,
    'CREATE INDEX approvals_user ON approvals (user_id, status)',
    'CREATE INDEX approvals_login ON approvals (login_id)',
    'CREATE INDEX approvals_expires ON approvals (expires_at)',
    // The addresses of its page: keyed digests, so that the table opens none.
    `CREATE TABLE approval_links (
      digest BLOB PRIMARY KEY,
      approval_id TEXT NOT NULL REFERENCES approvals (id) ON DELETE CASCADE
    )`,
    'CREATE INDEX approval_links_approval ON approval_links (approval_id)',
    // How many approvals in a row a user has left unanswered, and until when none is asked because one was not the user's.
    `CREATE TABLE approval_states (
      user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
      unanswered INTEGER NOT NULL DEFAULT 0,
      blocked_until BIGINT NOT NULL DEFAULT 0
    )`,
    // Links by which users register their own second factor.
    `CREATE TABLE enrolments (
      digest BLOB PRIMARY KEY,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL,
      used_at BIGINT
    )`,
    'CREATE INDEX enrolments_user ON enrolments (user_id)',
    'CREATE INDEX enrolments_expires ON enrolments (expires_at)',
  ],
  [
    // How far a user has come with a link. existing: what becomes of factors that the user had before. token_id: the token that the link has
    // made. phone, phone_method: typed, and waiting for the code that was sent there.
    "ALTER TABLE enrolments ADD COLUMN existing TEXT NOT NULL DEFAULT 'refuse'",
    'ALTER TABLE enrolments ADD COLUMN failures INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE enrolments ADD COLUMN token_id TEXT',
    'ALTER TABLE enrolments ADD COLUMN phone TEXT',
    'ALTER TABLE enrolments ADD COLUMN phone_method TEXT',
    'ALTER TABLE enrolments ADD COLUMN phone_at BIGINT',
  ],
  [
    // What reports find rows by. name_bare: the typed name as two spellings of it meet, without its domain; null if it can be nobody's.
    'ALTER TABLE audit ADD COLUMN name_bare TEXT',
    "UPDATE audit SET name_bare = lower(user_name) WHERE user_name <> '-'",
    'CREATE INDEX audit_name ON audit (name_bare, at)',
    "CREATE INDEX audit_accepted ON audit (at, method, user_id, name_bare) WHERE result = 'accept'",
    "CREATE INDEX audit_denied ON audit (at, reason) WHERE result IN ('reject', 'challenge', 'silence')",
    // Messages that the outbox does not have any more, by the quarter of an hour since 1970 in which they were asked for.
    `CREATE TABLE message_counts (
      part BIGINT NOT NULL,
      method TEXT NOT NULL,
      provider TEXT NOT NULL,
      state TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (part, method, provider, state)
    )`,
  ],
  [
    // Rows of the audit in chains: each row proves itself and the one before (docs/audit.md). Every column but id is covered where it is not null: columns
    // that are added later must be null in the rows that are there, and no step may change what a row holds. head, purged: keyed digests.
    `CREATE TABLE audit_chains (
      id BIGINT PRIMARY KEY,
      node TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      seq BIGINT NOT NULL,
      link BLOB NOT NULL,
      head BLOB NOT NULL,
      broken INTEGER NOT NULL DEFAULT 0,
      purged_seq BIGINT NOT NULL DEFAULT 0,
      purged_link BLOB,
      purged BLOB
    )`,
    'ALTER TABLE audit ADD COLUMN node TEXT',
    'ALTER TABLE audit ADD COLUMN chain BIGINT',
    'ALTER TABLE audit ADD COLUMN seq BIGINT',
    'ALTER TABLE audit ADD COLUMN link BLOB',
    'CREATE UNIQUE INDEX audit_chain ON audit (chain, seq)',
  ],
  [
    // More of what a row tells. account: the user's own name. device: the user's device, where the client tells it elsewhere than in Calling-Station-Id.
    // *_ms: how much of the latency was spent there. changed_from, changed_to: JSON, of an administrator's change; actor: who made it.
    'ALTER TABLE audit ADD COLUMN account TEXT',
    'ALTER TABLE audit ADD COLUMN first_name TEXT',
    'ALTER TABLE audit ADD COLUMN last_name TEXT',
    'ALTER TABLE audit ADD COLUMN email TEXT',
    'ALTER TABLE audit ADD COLUMN phone TEXT',
    'ALTER TABLE audit ADD COLUMN token TEXT',
    'ALTER TABLE audit ADD COLUMN protocol TEXT',
    'ALTER TABLE audit ADD COLUMN application TEXT',
    'ALTER TABLE audit ADD COLUMN device TEXT',
    'ALTER TABLE audit ADD COLUMN server_address TEXT',
    'ALTER TABLE audit ADD COLUMN actor TEXT',
    'ALTER TABLE audit ADD COLUMN changed_from TEXT',
    'ALTER TABLE audit ADD COLUMN changed_to TEXT',
    'ALTER TABLE audit ADD COLUMN primary_ms INTEGER',
    'ALTER TABLE audit ADD COLUMN store_ms INTEGER',
    'ALTER TABLE audit ADD COLUMN approval_ms INTEGER',
  ],
  [
    // Passwords for programs that have no second step. digest: keyed, of what is typed, for this user at this client.
    `CREATE TABLE app_passwords (
      id TEXT PRIMARY KEY,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      client TEXT NOT NULL,
      digest BLOB NOT NULL,
      created_at BIGINT NOT NULL,
      last_used_at BIGINT,
      UNIQUE (user_id, name)
    )`,
  ],
  [
    // Devices on which users have proven a second factor lately. device: a keyed digest. factors: a keyed digest of all that the user could prove himself with then.
    `CREATE TABLE remembered (
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      client TEXT NOT NULL,
      device BLOB NOT NULL,
      factors BLOB NOT NULL,
      at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL,
      PRIMARY KEY (user_id, client, device)
    )`,
  ],
  [
    // How far each receiver was sent the rows of a chain; that of chain 0 tells that the receiver is known.
    `CREATE TABLE audit_streams (
      stream TEXT NOT NULL,
      node TEXT NOT NULL,
      chain BIGINT NOT NULL,
      seq BIGINT NOT NULL,
      PRIMARY KEY (stream, node, chain)
    )`,
  ],
  [
    // The [[policy]] that decided a login.
    'ALTER TABLE audit ADD COLUMN rule TEXT',
  ],
  [
    // How long the providers took for the messages that were sent, all together, in milliseconds.
    'ALTER TABLE message_counts ADD COLUMN took BIGINT NOT NULL DEFAULT 0',
  ],
  [
    // How a call ended that asked for the approval and brought no answer; null if there was none, or it goes on.
    'ALTER TABLE approvals ADD COLUMN call_end TEXT',
  ],
  [
    // Phones on which users decide. public_key: a point of P-256, uncompressed, 65 octets; the private half never leaves the phone.
    `CREATE TABLE devices (
      id TEXT PRIMARY KEY,
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      public_key BLOB NOT NULL,
      created_at BIGINT NOT NULL,
      last_used_at BIGINT,
      UNIQUE (user_id, name)
    )`,
    // What a phone signs next, each once.
    `CREATE TABLE device_nonces (
      nonce BLOB PRIMARY KEY,
      device_id TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
      expires_at BIGINT NOT NULL
    )`,
    'CREATE INDEX device_nonces_device ON device_nonces (device_id, expires_at)',
    // The link by which a phone is set up, as a keyed digest; and the phone that it made.
    'ALTER TABLE enrolments ADD COLUMN device_digest BLOB',
    'ALTER TABLE enrolments ADD COLUMN device_until BIGINT',
    'ALTER TABLE enrolments ADD COLUMN device_id TEXT',
    'CREATE UNIQUE INDEX enrolments_device ON enrolments (device_digest)',
    // JSON: among which applications the user picks on the phone, where the prompt can show no number.
    'ALTER TABLE approvals ADD COLUMN choices TEXT',
  ],
  [
    // Where the app page on a device takes messages.
    `CREATE TABLE push_subscriptions (
      id TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
      sealed BLOB NOT NULL,
      created_at BIGINT NOT NULL
    )`,
  ],
  [
    // What clients were seen to do on a day (counted from 1970, UTC): sums, then the largest. Times are in milliseconds.
    `CREATE TABLE client_habits (
      client TEXT NOT NULL,
      day BIGINT NOT NULL,
      requests BIGINT NOT NULL,
      signed BIGINT NOT NULL,
      unsigned BIGINT NOT NULL,
      proxied BIGINT NOT NULL,
      challenges BIGINT NOT NULL,
      answers BIGINT NOT NULL,
      copies BIGINT NOT NULL,
      late_copies BIGINT NOT NULL,
      gaps BIGINT NOT NULL,
      most_copies BIGINT NOT NULL,
      longest_gap BIGINT NOT NULL,
      longest_wait BIGINT NOT NULL,
      longest_open BIGINT NOT NULL,
      last_at BIGINT NOT NULL,
      PRIMARY KEY (client, day)
    )`,
  ],
  [
    // Nothing is kept of what a phone may sign next: how many of its requests were accepted, and what it has signed of late, each with how many
    // there were as it was given out. device_nonces is left to older nodes that still run.
    'ALTER TABLE devices ADD COLUMN accepted BIGINT NOT NULL DEFAULT 0',
    `CREATE TABLE used_nonces (
      nonce BLOB PRIMARY KEY,
      device_id TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
      at BIGINT NOT NULL
    )`,
    'CREATE INDEX used_nonces_device ON used_nonces (device_id, at)',
  ],
  [
    // What a token was before it was disabled, and is again once it is enabled; null while it is not, and where an older node has disabled it.
    'ALTER TABLE tokens ADD COLUMN state_before TEXT',
  ],
];
