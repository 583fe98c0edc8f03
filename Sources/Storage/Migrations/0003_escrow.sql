-- Escrow accounts as the chain tells them, the ledger, and the operations that move money.

-- Amounts are micro-USDC. Rows follow the chain's events; nothing else changes balance or sequence.
CREATE TABLE escrow_accounts (
    account_id                bytea       NOT NULL CONSTRAINT escrow_accounts_pkey PRIMARY KEY,
    owner                     bytea       NOT NULL,
    operator_id               bytea       NOT NULL,
    tracker_id                bytea       NOT NULL,
    is_primary                boolean     NOT NULL,
    initial_shared_version    bigint,
    balance_micro_usdc        bigint      NOT NULL DEFAULT 0,
    held_micro_usdc           bigint      NOT NULL DEFAULT 0,
    spending_limit_micro_usdc bigint      NOT NULL,
    period_start              timestamptz NOT NULL,
    period_charged_micro_usdc bigint      NOT NULL DEFAULT 0,
    sequence                  bigint      NOT NULL DEFAULT 0,
    frozen_for                text,
    frozen_at                 timestamptz,
    opened_at                 timestamptz NOT NULL,
    checkpoint                bigint      NOT NULL,
    CONSTRAINT escrow_accounts_id_length CHECK (octet_length(account_id) = 32),
    CONSTRAINT escrow_accounts_owner_length CHECK (octet_length(owner) = 32),
    CONSTRAINT escrow_accounts_balance_not_negative CHECK (balance_micro_usdc >= 0),
    CONSTRAINT escrow_accounts_held_not_negative CHECK (held_micro_usdc >= 0),
    CONSTRAINT escrow_accounts_limit_not_negative CHECK (spending_limit_micro_usdc >= 0),
    CONSTRAINT escrow_accounts_charged_not_negative CHECK (period_charged_micro_usdc >= 0),
    CONSTRAINT escrow_accounts_sequence_not_negative CHECK (sequence >= 0),
    CONSTRAINT escrow_accounts_freeze_has_reason
        CHECK ((frozen_for IS NULL) = (frozen_at IS NULL))
);
CREATE UNIQUE INDEX escrow_accounts_one_primary ON escrow_accounts (owner) WHERE is_primary;
CREATE INDEX escrow_accounts_owner ON escrow_accounts (owner);
CREATE INDEX escrow_accounts_without_version ON escrow_accounts (account_id)
    WHERE initial_shared_version IS NULL;
CREATE INDEX escrow_accounts_frozen ON escrow_accounts (frozen_at) WHERE frozen_at IS NOT NULL;

-- One row for each event of our package and coin, in the order in which they were booked, which is
-- the chain's. A batch has many customers: the digest alone names no event. `account_id` refers to
-- no row by constraint: anyone can open an account with an operator of their own. `name` is that of
-- the event's struct, so that `bcs` can be read again.
CREATE TABLE escrow_transactions (
    digest             bytea       NOT NULL,
    event_seq          bigint      NOT NULL,
    position           bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    checkpoint         bigint      NOT NULL,
    at                 timestamptz NOT NULL,
    account_id         bytea,
    name               text        NOT NULL,
    kind               text        NOT NULL,
    standing           text        NOT NULL,
    sequence           bigint,
    amount_micro_usdc  bigint,
    balance_micro_usdc bigint,
    reference          bytea,
    bcs                bytea       NOT NULL,
    CONSTRAINT escrow_transactions_pkey PRIMARY KEY (digest, event_seq),
    CONSTRAINT escrow_transactions_position_key UNIQUE (position),
    CONSTRAINT escrow_transactions_digest_length CHECK (octet_length(digest) = 32),
    CONSTRAINT escrow_transactions_account_length CHECK (octet_length(account_id) = 32),
    CONSTRAINT escrow_transactions_kind_known CHECK (kind IN (
        'opened', 'deposited', 'withdrawn', 'limit_changed', 'charged', 'declined', 'stale',
        'cancelled', 'refunded', 'unreadable')),
    CONSTRAINT escrow_transactions_standing_known
        CHECK (standing IN ('booked', 'foreign', 'unreadable'))
);
CREATE INDEX escrow_transactions_account ON escrow_transactions (account_id, position);
CREATE INDEX escrow_transactions_checkpoint ON escrow_transactions (checkpoint);

-- A charge or a refund. From `signed` on only an event on chain ends it. `sequence` is the number
-- that was signed, `outcome_sequence` the one its event came under. `obligation_mark` is the second
-- half of the reference: what it was owed for.
CREATE TABLE charges (
    charge_id          uuid        NOT NULL CONSTRAINT charges_pkey PRIMARY KEY,
    kind               text        NOT NULL,
    state              text        NOT NULL DEFAULT 'planned',
    customer_id        bigint      CONSTRAINT charges_customer REFERENCES customers,
    account_id         bytea       NOT NULL CONSTRAINT charges_account REFERENCES escrow_accounts,
    amount_micro_usdc  bigint      NOT NULL,
    reference          bytea       NOT NULL,
    obligation_mark    bytea       NOT NULL,
    service            text,
    invoice_id         text,
    refund_of          uuid        CONSTRAINT charges_refund_of REFERENCES charges,
    duplicate_of       uuid        CONSTRAINT charges_duplicate_of REFERENCES charges,
    description        text,
    is_fenced          boolean     NOT NULL DEFAULT false,
    is_adopted         boolean     NOT NULL DEFAULT false,
    sequence           bigint,
    transaction_digest bytea,
    cancel_digest      bytea,
    decline_reason     bigint,
    abandon_reason     text,
    outcome_digest     bytea,
    outcome_event_seq  bigint,
    outcome_sequence   bigint,
    outcome_checkpoint bigint,
    attempts           bigint      NOT NULL DEFAULT 0,
    last_error         text,
    planned_at         timestamptz NOT NULL,
    signed_at          timestamptz,
    ended_at           timestamptz,
    CONSTRAINT charges_state_known
        CHECK (state IN ('planned', 'signed', 'settled', 'declined', 'abandoned')),
    CONSTRAINT charges_kind_known CHECK (kind IN ('charge', 'refund')),
    CONSTRAINT charges_amount_positive CHECK (amount_micro_usdc > 0),
    CONSTRAINT charges_reference_form CHECK (
        octet_length(obligation_mark) = 16 AND reference = uuid_send(charge_id) || obligation_mark),
    CONSTRAINT charges_sequence_positive CHECK (sequence >= 1),
    CONSTRAINT charges_planned_has_no_bytes CHECK (
        state <> 'planned' OR (sequence IS NULL AND transaction_digest IS NULL
            AND cancel_digest IS NULL AND signed_at IS NULL)),
    CONSTRAINT charges_signed_has_bytes CHECK (
        (sequence IS NULL) = (signed_at IS NULL)
        AND (sequence IS NULL) = (transaction_digest IS NULL AND cancel_digest IS NULL)
        AND (state <> 'signed' OR sequence IS NOT NULL)),
    CONSTRAINT charges_fenced_is_cancelled CHECK (NOT is_fenced OR transaction_digest IS NULL),
    CONSTRAINT charges_end_has_time
        CHECK ((state IN ('planned', 'signed')) = (ended_at IS NULL)),
    CONSTRAINT charges_outcome_is_whole CHECK (
        (outcome_digest IS NULL) = (outcome_event_seq IS NULL)
        AND (outcome_digest IS NULL) = (outcome_sequence IS NULL)
        AND (outcome_digest IS NULL) = (outcome_checkpoint IS NULL)),
    CONSTRAINT charges_outcome_is_seen CHECK (
        (outcome_digest IS NOT NULL) = (state IN ('settled', 'declined')
            OR state = 'abandoned' AND abandon_reason IN ('cancelled', 'displaced'))),
    CONSTRAINT charges_declined_has_reason
        CHECK ((state = 'declined') = (decline_reason IS NOT NULL)),
    CONSTRAINT charges_decline_reason_known CHECK (decline_reason IN (1, 2)),
    CONSTRAINT charges_abandoned_has_reason
        CHECK ((state = 'abandoned') = (abandon_reason IS NOT NULL)),
    CONSTRAINT charges_abandon_reason_known CHECK (abandon_reason IN (
        'withdrawn', 'account_frozen', 'superseded', 'cancelled', 'displaced')),
    CONSTRAINT charges_signed_ends_on_chain CHECK (
        sequence IS NULL OR abandon_reason IS NULL
        OR abandon_reason IN ('cancelled', 'displaced')),
    CONSTRAINT charges_refund_is_of_charge
        CHECK (is_adopted OR (kind = 'refund') = (refund_of IS NOT NULL)),
    CONSTRAINT charges_refund_is_not_declined CHECK (kind = 'charge' OR state <> 'declined'),
    CONSTRAINT charges_adopted_is_ended CHECK (NOT is_adopted OR ended_at IS NOT NULL),
    CONSTRAINT charges_duplicate_is_adopted CHECK (duplicate_of IS NULL OR is_adopted)
);
-- Each number of an account is signed for one operation, for ever.
CREATE UNIQUE INDEX charges_account_sequence ON charges (account_id, sequence);
CREATE UNIQUE INDEX charges_one_unresolved ON charges (account_id) WHERE state = 'signed';
CREATE UNIQUE INDEX charges_live_obligation ON charges (obligation_mark)
    WHERE kind = 'charge' AND duplicate_of IS NULL AND state NOT IN ('declined', 'abandoned');
CREATE UNIQUE INDEX charges_live_invoice ON charges (invoice_id)
    WHERE kind = 'charge' AND duplicate_of IS NULL AND state NOT IN ('declined', 'abandoned');
CREATE UNIQUE INDEX charges_outcome ON charges (outcome_digest, outcome_event_seq)
    WHERE abandon_reason IS DISTINCT FROM 'displaced';
CREATE INDEX charges_obligation_mark ON charges (obligation_mark);
CREATE INDEX charges_planned ON charges (account_id, charge_id) WHERE state = 'planned';
CREATE INDEX charges_transaction_digest ON charges (transaction_digest) WHERE state = 'signed';
CREATE INDEX charges_refund_of ON charges (refund_of) WHERE refund_of IS NOT NULL;
CREATE INDEX charges_customer_id ON charges (customer_id, charge_id DESC);
CREATE INDEX charges_without_payment ON charges (state, charge_id DESC)
    WHERE state IN ('declined', 'abandoned');
CREATE INDEX charges_signed_at ON charges (signed_at) WHERE state = 'signed';

CREATE FUNCTION charges_guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.charge_id <> OLD.charge_id OR NEW.kind <> OLD.kind
        OR NEW.account_id <> OLD.account_id OR NEW.amount_micro_usdc <> OLD.amount_micro_usdc
        OR NEW.reference <> OLD.reference
        OR OLD.sequence IS NOT NULL AND NEW.sequence IS DISTINCT FROM OLD.sequence
        OR OLD.is_fenced AND NOT NEW.is_fenced
    THEN
        RAISE EXCEPTION 'what was signed never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charges_facts_fixed',
                TABLE = 'charges';
    END IF;
    IF OLD.state || '>' || NEW.state NOT IN (
        'planned>planned', 'planned>signed', 'planned>settled', 'planned>declined',
        'planned>abandoned', 'signed>signed', 'signed>settled', 'signed>declined',
        'signed>abandoned', 'settled>settled', 'declined>declined', 'abandoned>abandoned')
    THEN
        RAISE EXCEPTION 'no such change of state'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charges_transition_known',
                TABLE = 'charges';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER charges_guard_change BEFORE UPDATE ON charges
    FOR EACH ROW EXECUTE FUNCTION charges_guard_change();
ALTER TABLE charges ENABLE ALWAYS TRIGGER charges_guard_change;

-- Which operations own a version of a gas coin: all transactions that spend it carry the same
-- ones, until it is known that none of them can run any more.
CREATE TABLE gas_claims (
    lineage     bytea       NOT NULL,
    gas_object  bytea       NOT NULL,
    gas_version bigint      NOT NULL,
    claimed_at  timestamptz NOT NULL,
    released_at timestamptz,
    CONSTRAINT gas_claims_pkey PRIMARY KEY (lineage, gas_object, gas_version),
    CONSTRAINT gas_claims_lineage_key UNIQUE (lineage),
    CONSTRAINT gas_claims_object_length CHECK (octet_length(gas_object) = 32)
);
CREATE UNIQUE INDEX gas_claims_one_live ON gas_claims (gas_object, gas_version)
    WHERE released_at IS NULL;

-- The bytes that were signed, whatever became of them. The first of a lineage names it.
CREATE TABLE charge_batches (
    digest         bytea       NOT NULL CONSTRAINT charge_batches_pkey PRIMARY KEY,
    lineage        bytea       NOT NULL,
    purpose        text        NOT NULL,
    bytes          bytea       NOT NULL,
    signature      bytea       NOT NULL,
    gas_object     bytea       NOT NULL,
    gas_version    bigint      NOT NULL,
    gas_digest     bytea       NOT NULL,
    last_epoch     bigint      NOT NULL,
    generation     bigint      NOT NULL,
    signed_at      timestamptz NOT NULL,
    CONSTRAINT charge_batches_claim FOREIGN KEY (lineage, gas_object, gas_version)
        REFERENCES gas_claims (lineage, gas_object, gas_version),
    CONSTRAINT charge_batches_digest_length CHECK (octet_length(digest) = 32),
    CONSTRAINT charge_batches_purpose_known CHECK (purpose IN ('charge', 'refund', 'cancel'))
);
CREATE INDEX charge_batches_lineage ON charge_batches (lineage);

-- Which operation stands in which transaction.
CREATE TABLE charge_attempts (
    digest    bytea  NOT NULL CONSTRAINT charge_attempts_batch REFERENCES charge_batches,
    place     bigint NOT NULL,
    charge_id uuid   NOT NULL CONSTRAINT charge_attempts_charge REFERENCES charges,
    CONSTRAINT charge_attempts_pkey PRIMARY KEY (digest, place)
);
CREATE INDEX charge_attempts_charge_id ON charge_attempts (charge_id);

-- Our transactions that were seen in a checkpoint and failed: no outcome for any operation, and the
-- end of their version of the gas coin. `command` counts from zero.
CREATE TABLE charge_failures (
    digest     bytea       NOT NULL
        CONSTRAINT charge_failures_pkey PRIMARY KEY
        CONSTRAINT charge_failures_batch REFERENCES charge_batches,
    checkpoint bigint      NOT NULL,
    at         timestamptz NOT NULL,
    message    text        NOT NULL,
    abort_code bigint,
    command    bigint
);

-- Coins of SUI that the charger has, as booked from checkpoints. One that it has no more keeps its
-- row, so that nothing takes an old answer of a node for news.
CREATE TABLE gas_coins (
    gas_object  bytea   NOT NULL CONSTRAINT gas_coins_pkey PRIMARY KEY,
    gas_version bigint  NOT NULL,
    gas_digest  bytea   NOT NULL,
    balance     bigint  NOT NULL,
    is_gone     boolean NOT NULL DEFAULT false,
    checkpoint  bigint  NOT NULL,
    CONSTRAINT gas_coins_object_length CHECK (octet_length(gas_object) = 32)
);

-- A row moves its amount from one account to another: all accounts together sum to zero.
CREATE TABLE ledger_entries (
    entry_id          bigint      NOT NULL GENERATED ALWAYS AS IDENTITY
        CONSTRAINT ledger_entries_pkey PRIMARY KEY,
    at                timestamptz NOT NULL,
    purpose           text        NOT NULL,
    account_id        bytea       NOT NULL
        CONSTRAINT ledger_entries_account REFERENCES escrow_accounts,
    charge_id         uuid,
    debit_account     text        NOT NULL,
    credit_account    text        NOT NULL,
    amount_micro_usdc bigint      NOT NULL,
    digest            bytea,
    event_seq         bigint,
    leg               bigint,
    CONSTRAINT ledger_entries_event_leg_key UNIQUE (digest, event_seq, leg),
    CONSTRAINT ledger_entries_amount_positive CHECK (amount_micro_usdc > 0),
    CONSTRAINT ledger_entries_accounts_differ CHECK (debit_account <> credit_account),
    CONSTRAINT ledger_entries_purpose_known CHECK (purpose IN (
        'deposit', 'withdrawal', 'hold', 'release', 'charge', 'refund', 'adjustment')),
    -- `held/` or `escrow/`, and an account's id. A counted repetition in the expression costs some
    -- 15 µs each time it is looked at, twice for each row; a length besides costs next to nothing.
    CONSTRAINT ledger_entries_account_form CHECK (
        (debit_account IN ('revenue', 'chain', 'adjustments')
            OR octet_length(debit_account) = 71 AND debit_account ~ '^held/0x[0-9a-f]+$'
            OR octet_length(debit_account) = 73 AND debit_account ~ '^escrow/0x[0-9a-f]+$')
        AND (credit_account IN ('revenue', 'chain', 'adjustments')
            OR octet_length(credit_account) = 71 AND credit_account ~ '^held/0x[0-9a-f]+$'
            OR octet_length(credit_account) = 73 AND credit_account ~ '^escrow/0x[0-9a-f]+$')),
    CONSTRAINT ledger_entries_cause_is_whole CHECK (
        (digest IS NULL) = (event_seq IS NULL) AND (digest IS NULL) = (leg IS NULL)),
    CONSTRAINT ledger_entries_cause_fits CHECK (
        digest IS NOT NULL OR purpose IN ('hold', 'release') AND charge_id IS NOT NULL)
);
-- What is held for a charge comes in once and leaves once.
CREATE UNIQUE INDEX ledger_entries_one_hold ON ledger_entries (charge_id)
    WHERE purpose = 'hold';
CREATE UNIQUE INDEX ledger_entries_one_end_of_hold ON ledger_entries (charge_id)
    WHERE debit_account LIKE 'held/%';
CREATE INDEX ledger_entries_account ON ledger_entries (account_id, entry_id);

CREATE FUNCTION escrow_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$;
CREATE TRIGGER ledger_entries_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION escrow_refuse_change();
CREATE TRIGGER escrow_transactions_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON escrow_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION escrow_refuse_change();
CREATE TRIGGER charge_batches_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON charge_batches
    FOR EACH STATEMENT EXECUTE FUNCTION escrow_refuse_change();
CREATE TRIGGER charges_not_removed
    BEFORE DELETE OR TRUNCATE ON charges
    FOR EACH STATEMENT EXECUTE FUNCTION escrow_refuse_change();
ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_entries_append_only;
ALTER TABLE escrow_transactions ENABLE ALWAYS TRIGGER escrow_transactions_append_only;
ALTER TABLE charge_batches ENABLE ALWAYS TRIGGER charge_batches_append_only;
ALTER TABLE charges ENABLE ALWAYS TRIGGER charges_not_removed;

-- What did not fit together, until a human has looked.
CREATE TABLE escrow_breaks (
    break_id    bigint      NOT NULL GENERATED ALWAYS AS IDENTITY
        CONSTRAINT escrow_breaks_pkey PRIMARY KEY,
    class       text        NOT NULL,
    account_id  bytea       NOT NULL,
    digest      bytea       NOT NULL,
    event_seq   bigint      NOT NULL,
    raised_at   timestamptz NOT NULL,
    resolved_at timestamptz,
    CONSTRAINT escrow_breaks_once UNIQUE (digest, event_seq, class),
    CONSTRAINT escrow_breaks_class_form CHECK (class ~ '^[a-z]+(_[a-z]+)*$')
);
CREATE INDEX escrow_breaks_open ON escrow_breaks (account_id) WHERE resolved_at IS NULL;

-- Written with what the request did, and remembered for ever. After 30 days the answer goes and the
-- id it made, if it made anything, stays. `answer_fields` are header fields, `[[name, value], …]`.
CREATE TABLE idempotency_keys (
    caller        text        NOT NULL,
    route         text        NOT NULL,
    key           text        NOT NULL,
    body_hash     bytea       NOT NULL,
    created_id    uuid,
    answer_status bigint,
    answer_fields jsonb,
    answer_body   bytea,
    created_at    timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller, route, key),
    CONSTRAINT idempotency_keys_form CHECK (key ~ '^[!-~]{1,255}$'),
    CONSTRAINT idempotency_keys_body_hash_length CHECK (octet_length(body_hash) = 32),
    CONSTRAINT idempotency_keys_answer_is_success CHECK (answer_status BETWEEN 200 AND 299),
    CONSTRAINT idempotency_keys_answer_is_whole CHECK (
        (answer_status IS NULL) = (answer_fields IS NULL)
        AND (answer_status IS NULL) = (answer_body IS NULL))
);
CREATE INDEX idempotency_keys_with_answer ON idempotency_keys (created_at)
    WHERE answer_status IS NOT NULL;

-- Transactions that were built for a customer's wallet, and those that one says it has sent, which
-- have no bytes. `state` is what nodes said last: what became of money stands in
-- `escrow_transactions` alone.
CREATE TABLE wallet_transactions (
    customer_id       bigint      NOT NULL
        CONSTRAINT wallet_transactions_customer REFERENCES customers,
    digest            bytea       NOT NULL,
    kind              text,
    account_id        bytea,
    amount_micro_usdc bigint,
    limit_micro_usdc  bigint,
    bytes             bytea,
    last_epoch        bigint,
    summary           text,
    state             text        NOT NULL,
    signature         bytea,
    last_error        text,
    created_at        timestamptz NOT NULL,
    submitted_at      timestamptz,
    CONSTRAINT wallet_transactions_pkey PRIMARY KEY (customer_id, digest),
    CONSTRAINT wallet_transactions_digest_length CHECK (octet_length(digest) = 32),
    CONSTRAINT wallet_transactions_kind_known
        CHECK (kind IN ('open', 'deposit', 'withdraw', 'set_spending_limit')),
    CONSTRAINT wallet_transactions_state_known CHECK (state IN (
        'built', 'watched', 'submitted', 'executed', 'failed', 'expired')),
    CONSTRAINT wallet_transactions_amounts_not_negative
        CHECK (amount_micro_usdc >= 0 AND limit_micro_usdc >= 0),
    CONSTRAINT wallet_transactions_built_is_whole CHECK (
        (bytes IS NULL) = (kind IS NULL) AND (bytes IS NULL) = (last_epoch IS NULL)
        AND (bytes IS NULL) = (summary IS NULL) AND (state <> 'built' OR bytes IS NOT NULL)
        AND (state <> 'watched' OR bytes IS NULL)),
    CONSTRAINT wallet_transactions_sent_has_time
        CHECK ((state = 'built') = (submitted_at IS NULL))
);
CREATE INDEX wallet_transactions_created_at ON wallet_transactions (customer_id, created_at DESC);
CREATE INDEX wallet_transactions_idle ON wallet_transactions (created_at)
    WHERE state IN ('built', 'watched');

-- What services have signed: each (key, nonce) is good for one call. Kept until no gateway would
-- believe the call's timestamp any more.
CREATE TABLE service_nonces (
    service_key_id text        NOT NULL,
    nonce          text        NOT NULL,
    expires_at     timestamptz NOT NULL,
    CONSTRAINT service_nonces_pkey PRIMARY KEY (service_key_id, nonce),
    CONSTRAINT service_nonces_form CHECK (nonce ~ '^[0-9A-Za-z]{16,64}$')
);
CREATE INDEX service_nonces_expires_at ON service_nonces (expires_at);

-- How far each reader has come. The follower's row moves with its bookings, in one transaction.
CREATE TABLE processing_state (
    name       text        NOT NULL CONSTRAINT processing_state_pkey PRIMARY KEY,
    checkpoint bigint      NOT NULL,
    epoch      bigint      NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The one row says who may write. Its counter rises with every change of leader.
CREATE TABLE leader_generation (
    only_row   boolean     NOT NULL DEFAULT true
        CONSTRAINT leader_generation_pkey PRIMARY KEY,
    counter    bigint      NOT NULL,
    identity   text        NOT NULL,
    holder     text        NOT NULL,
    renewed_at timestamptz NOT NULL,
    CONSTRAINT leader_generation_one_row CHECK (only_row)
);
INSERT INTO leader_generation (counter, identity, holder, renewed_at)
VALUES (0, '', '', 'epoch');

-- Another answer after a restore, a promotion or a reload of a dump: the cluster, its timeline,
-- the database, and the table as it was made. A counter from before never fits it.
CREATE FUNCTION leader_identity() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT concat_ws('/', s.system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
        d.oid, 'leader_generation'::regclass::oid)
      FROM pg_control_system() AS s, pg_database AS d WHERE d.datname = current_database()
$$;
