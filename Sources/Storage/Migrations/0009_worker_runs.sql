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
