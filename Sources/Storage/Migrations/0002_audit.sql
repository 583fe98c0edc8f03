-- What happened, who did it, from where; and the seals that make later changes show.

-- No secret and no token ever stands here. `at` is the clock of whoever acted, `recorded_at` the
-- database's when the row was made; its transaction may commit later.
CREATE TABLE audit_log (
    audit_id       bigint         NOT NULL GENERATED ALWAYS AS IDENTITY
        CONSTRAINT audit_log_pkey PRIMARY KEY,
    at             timestamptz(3) NOT NULL,
    recorded_at    timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    action         text           NOT NULL,
    outcome        text           NOT NULL,
    reason         text,
    session_id     uuid,
    customer_id    bigint,
    wallet_address text,
    ip             text,
    user_agent     text,
    request_id     text,
    details        jsonb,
    CONSTRAINT audit_log_action_form CHECK (action ~ '^[a-z]+(_[a-z]+)*$'),
    CONSTRAINT audit_log_outcome_known CHECK (outcome IN ('success', 'failure'))
);
CREATE INDEX audit_log_customer_id ON audit_log (customer_id, audit_id);
CREATE INDEX audit_log_at ON audit_log (at);

-- The place that a row of the log got in the sealed order, and the hash of what it said then.
-- `audit_id` refers to no row by constraint: a removed row must stay missed. `is_late`: it came long
-- after everything of its time had been sealed.
CREATE TABLE audit_sealed_rows (
    position bigint  NOT NULL CONSTRAINT audit_sealed_rows_pkey PRIMARY KEY,
    audit_id bigint  NOT NULL CONSTRAINT audit_sealed_rows_audit_id_key UNIQUE,
    row_hash bytea   NOT NULL,
    is_late  boolean NOT NULL,
    CONSTRAINT audit_sealed_rows_position_positive CHECK (position >= 1),
    CONSTRAINT audit_sealed_rows_hash_length CHECK (octet_length(row_hash) = 32)
);

-- One signature over everything up to `position`. `highest_audit_id` is the highest sealed by then.
-- `sealed_at` is the sealer's clock. `settled_at` is the database's: what was committed before it is
-- under this seal or an earlier one; NULL when that was not yet so for any moment.
CREATE TABLE audit_seals (
    position         bigint         NOT NULL CONSTRAINT audit_seals_pkey PRIMARY KEY,
    first_position   bigint         NOT NULL,
    highest_audit_id bigint         NOT NULL,
    head             bytea          NOT NULL,
    sealed_at        timestamptz(3) NOT NULL,
    settled_at       timestamptz,
    public_key       bytea          NOT NULL,
    signature        bytea          NOT NULL,
    CONSTRAINT audit_seals_position_order CHECK (first_position BETWEEN 1 AND position),
    CONSTRAINT audit_seals_head_length CHECK (octet_length(head) = 32),
    CONSTRAINT audit_seals_public_key_length CHECK (octet_length(public_key) = 32),
    CONSTRAINT audit_seals_signature_length CHECK (octet_length(signature) = 64)
);

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$;

CREATE TRIGGER audit_log_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_sealed_rows_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_sealed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seals_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

-- Also where a session plays a replica, which would skip ordinary triggers.
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_append_only;
ALTER TABLE audit_sealed_rows ENABLE ALWAYS TRIGGER audit_sealed_rows_append_only;
ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER audit_seals_append_only;
