-- What the manager's tasks did.

-- A task that runs every few seconds has one row for each minute in which it did something: `runs`
-- of them, with their counts summed. A row that says `running` though nobody runs it is of a
-- process that was killed; the next run finds it `interrupted`.
CREATE TABLE worker_runs (
    run_id            bigint      NOT NULL GENERATED ALWAYS AS IDENTITY
        CONSTRAINT worker_runs_pkey PRIMARY KEY,
    task              text        NOT NULL,
    generation        bigint      NOT NULL,
    holder            text        NOT NULL,
    asked_by          text,
    started_at        timestamptz NOT NULL,
    ended_at          timestamptz,
    outcome           text        NOT NULL,
    runs              bigint      NOT NULL DEFAULT 1,
    busy_milliseconds bigint,
    counts            jsonb       NOT NULL DEFAULT '{}',
    error_code        text,
    error_detail      text,
    CONSTRAINT worker_runs_task_form CHECK (task ~ '^[a-z]+(_[a-z]+)*$'),
    CONSTRAINT worker_runs_outcome_known
        CHECK (outcome IN ('running', 'done', 'finding', 'failed', 'interrupted')),
    CONSTRAINT worker_runs_end_is_whole CHECK ((ended_at IS NULL) = (outcome = 'running')),
    CONSTRAINT worker_runs_error_has_code
        CHECK ((error_code IS NOT NULL) = (outcome IN ('finding', 'failed'))),
    CONSTRAINT worker_runs_counts_positive CHECK (runs > 0 AND busy_milliseconds >= 0)
);
CREATE INDEX worker_runs_task ON worker_runs (task, run_id DESC);
CREATE INDEX worker_runs_running ON worker_runs (task) WHERE outcome = 'running';
CREATE INDEX worker_runs_started_at ON worker_runs (started_at);

-- Tasks that somebody wants run before their time; whoever leads does.
CREATE TABLE worker_requests (
    task     text        NOT NULL CONSTRAINT worker_requests_pkey PRIMARY KEY,
    asked_at timestamptz NOT NULL,
    asked_by text        NOT NULL
);

-- What reconciliation found not to fit, each once for as long as it goes on.
CREATE TABLE reconciliation_breaks (
    break_id       bigint      NOT NULL GENERATED ALWAYS AS IDENTITY
        CONSTRAINT reconciliation_breaks_pkey PRIMARY KEY,
    mark           text        NOT NULL,
    class          text        NOT NULL,
    what           text        NOT NULL,
    account        text,
    digest         text,
    event_seq      bigint,
    charge         text,
    expected       text,
    found          text,
    next_step      text        NOT NULL,
    first_found_at timestamptz NOT NULL,
    last_found_at  timestamptz NOT NULL,
    resolved_at    timestamptz,
    CONSTRAINT reconciliation_breaks_class_form CHECK (class ~ '^[a-z]+(_[a-z]+)*$')
);
CREATE UNIQUE INDEX reconciliation_breaks_open ON reconciliation_breaks (mark)
    WHERE resolved_at IS NULL;
CREATE INDEX reconciliation_breaks_resolved_at ON reconciliation_breaks (resolved_at)
    WHERE resolved_at IS NOT NULL;

-- Drops the partition of one day. Needs the whole log for a moment: the caller sets a lock timeout.
CREATE FUNCTION haproxy_logs_drop_day(day date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE %I', 'haproxy_logs_' || to_char(day, 'YYYYMMDD'));
END
$$;

-- People who use the dashboard. Only the SHA-256 of a secret of 256 random bits is stored. A name is
-- given once: what is on record under it stays one person's.
CREATE TABLE operators (
    name        text        NOT NULL CONSTRAINT operators_pkey PRIMARY KEY,
    secret_hash bytea       NOT NULL CONSTRAINT operators_secret_hash_key UNIQUE,
    created_at  timestamptz NOT NULL,
    revoked_at  timestamptz,
    CONSTRAINT operators_name_form CHECK (name ~ '^[a-z0-9][a-z0-9_.-]{0,63}$'),
    CONSTRAINT operators_secret_hash_length CHECK (octet_length(secret_hash) = 32)
);

-- Who is signed in to the dashboard, by the SHA-256 of the cookie's value.
CREATE TABLE operator_sessions (
    token_hash   bytea       NOT NULL CONSTRAINT operator_sessions_pkey PRIMARY KEY,
    operator     text        NOT NULL CONSTRAINT operator_sessions_operator REFERENCES operators,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT operator_sessions_hash_length CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX operator_sessions_expires_at ON operator_sessions (expires_at);

-- What an operator wants done that moves money or lets it be moved. Above a limit somebody else has
-- to approve it first. `done_at` without `outcome` never stands: what was tried has one.
CREATE TABLE approvals (
    approval_id       uuid        NOT NULL CONSTRAINT approvals_pkey PRIMARY KEY,
    action            text        NOT NULL,
    fields            jsonb       NOT NULL,
    amount_micro_usdc bigint      NOT NULL,
    needs_approval    boolean     NOT NULL,
    asked_by          text        NOT NULL CONSTRAINT approvals_asked_by REFERENCES operators,
    asked_at          timestamptz NOT NULL,
    decided_by        text        CONSTRAINT approvals_decided_by REFERENCES operators,
    decided_at        timestamptz,
    is_refused        boolean     NOT NULL DEFAULT false,
    done_at           timestamptz,
    outcome           text,
    is_failed         boolean     NOT NULL DEFAULT false,
    CONSTRAINT approvals_action_known
        CHECK (action IN ('refund', 'grant_credit', 'accept_break', 'void_invoice')),
    CONSTRAINT approvals_by_another CHECK (decided_by <> asked_by),
    CONSTRAINT approvals_decision_is_whole
        CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NOT NULL OR NOT is_refused)),
    CONSTRAINT approvals_end_is_whole CHECK ((done_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT approvals_done_is_approved
        CHECK (done_at IS NULL OR NOT needs_approval OR decided_by IS NOT NULL AND NOT is_refused),
    CONSTRAINT approvals_amount_not_negative CHECK (amount_micro_usdc >= 0)
);
CREATE INDEX approvals_asked ON approvals (asked_by, asked_at);
CREATE INDEX approvals_open ON approvals (asked_at) WHERE done_at IS NULL AND NOT is_refused;

-- Operations that somebody wants asked for, or sent, again; whoever leads does.
CREATE TABLE charge_retries (
    charge_id uuid        NOT NULL CONSTRAINT charge_retries_pkey PRIMARY KEY,
    asked_at  timestamptz NOT NULL,
    asked_by  text        NOT NULL
);

-- What operators did, among all that customers do.
CREATE INDEX audit_log_operator ON audit_log (audit_id) WHERE details ? 'operator';
