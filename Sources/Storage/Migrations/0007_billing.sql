-- Prices, invoices, and how far each customer's use has been invoiced. Amounts are micro-USDC.

-- Every price book that ever was in force, as it was read; the last one is. Books are only added:
-- invoices are rated again by them.
CREATE TABLE price_books (
    price_book_id bigint      NOT NULL GENERATED ALWAYS AS IDENTITY
        CONSTRAINT price_books_pkey PRIMARY KEY,
    content       bytea       NOT NULL,
    digest        bytea       NOT NULL,
    loaded_at     timestamptz NOT NULL,
    CONSTRAINT price_books_digest_is_of_content CHECK (digest = sha256(content))
);
CREATE TRIGGER price_books_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON price_books
    FOR EACH STATEMENT EXECUTE FUNCTION escrow_refuse_change();
ALTER TABLE price_books ENABLE ALWAYS TRIGGER price_books_append_only;

-- One row for each customer who has used or bought something; who bills a customer holds its lock.
-- `used_from` is when the first use was, `covered_through` until when the last invoice has taken
-- what there was. `accrued_micro_usdc` is what the use that stands on no invoice costs, as of the
-- last look; metering says with `is_stale` that there is more, and with `stale_since` when it came in.
CREATE TABLE billing_accounts (
    customer_id        bigint      NOT NULL
        CONSTRAINT billing_accounts_pkey PRIMARY KEY
        CONSTRAINT billing_accounts_customer REFERENCES customers,
    used_from          timestamptz NOT NULL,
    covered_through    timestamptz,
    accrued_micro_usdc bigint      NOT NULL DEFAULT 0,
    is_stale           boolean     NOT NULL DEFAULT false,
    stale_since        timestamptz,
    CONSTRAINT billing_accounts_accrued_not_negative CHECK (accrued_micro_usdc >= 0),
    CONSTRAINT billing_accounts_stale_has_time CHECK (NOT is_stale OR stale_since IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX billing_accounts_stale ON billing_accounts (customer_id) WHERE is_stale;

-- The invoices. `obligation_mark` is what the chain knows an invoice by: whichever operation settles
-- under it has paid. `charge_count` charges were planned for it, `charge_id` is the last; the next
-- one waits until `charge_after`.
CREATE TABLE billing_records (
    invoice_id       uuid        NOT NULL CONSTRAINT billing_records_pkey PRIMARY KEY,
    customer_id      bigint      NOT NULL
        CONSTRAINT billing_records_customer REFERENCES customers,
    state            text        NOT NULL DEFAULT 'open',
    reason           text        NOT NULL,
    total_micro_usdc bigint      NOT NULL,
    price_version    bigint      NOT NULL,
    obligation_mark  bytea       NOT NULL,
    charge_id        uuid        CONSTRAINT billing_records_charge REFERENCES charges,
    charge_count     bigint      NOT NULL DEFAULT 0,
    charge_after     timestamptz,
    opened_at        timestamptz NOT NULL,
    closed_at        timestamptz,
    ended_at         timestamptz,
    CONSTRAINT billing_records_state_known CHECK (state IN (
        'open', 'closed', 'charging', 'paid', 'past_due', 'void')),
    CONSTRAINT billing_records_reason_known CHECK (reason IN (
        'threshold', 'month_end', 'subscription', 'suspension')),
    CONSTRAINT billing_records_total_not_negative CHECK (state = 'open' OR total_micro_usdc >= 0),
    CONSTRAINT billing_records_mark_length CHECK (octet_length(obligation_mark) = 16),
    CONSTRAINT billing_records_closed_has_time
        CHECK (state = 'void' OR (state = 'open') = (closed_at IS NULL)),
    CONSTRAINT billing_records_end_has_time
        CHECK ((state IN ('paid', 'void')) = (ended_at IS NOT NULL)),
    CONSTRAINT billing_records_charged_has_charge CHECK (
        state NOT IN ('charging', 'past_due') OR charge_id IS NOT NULL AND total_micro_usdc > 0),
    CONSTRAINT billing_records_paid_by_charge CHECK (
        state <> 'paid' OR (charge_id IS NULL) = (total_micro_usdc = 0)),
    CONSTRAINT billing_records_open_has_no_charge CHECK (state <> 'open' OR charge_id IS NULL),
    CONSTRAINT billing_records_charge_count CHECK (charge_count >= 0)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX billing_records_mark ON billing_records (obligation_mark);
CREATE INDEX billing_records_customer ON billing_records (customer_id, invoice_id DESC);
CREATE INDEX billing_records_unsettled ON billing_records (customer_id, invoice_id)
    WHERE state IN ('open', 'closed', 'charging', 'past_due');
CREATE INDEX billing_records_charge ON billing_records (charge_id) WHERE charge_id IS NOT NULL;

CREATE FUNCTION billing_records_guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.invoice_id <> OLD.invoice_id OR NEW.customer_id <> OLD.customer_id
        OR NEW.obligation_mark <> OLD.obligation_mark
        OR OLD.state <> 'open' AND (NEW.total_micro_usdc <> OLD.total_micro_usdc
            OR NEW.closed_at IS DISTINCT FROM OLD.closed_at)
    THEN
        RAISE EXCEPTION 'what was closed never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_records_facts_fixed',
                TABLE = 'billing_records';
    END IF;
    IF OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN (
        'open>closed', 'open>void', 'closed>charging', 'closed>paid', 'closed>void',
        'charging>paid', 'charging>past_due', 'charging>closed', 'past_due>charging',
        'past_due>paid', 'past_due>void')
    THEN
        RAISE EXCEPTION 'no such change of state'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_records_transition_known',
                TABLE = 'billing_records';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER billing_records_guard_change BEFORE UPDATE ON billing_records
    FOR EACH ROW EXECUTE FUNCTION billing_records_guard_change();
CREATE TRIGGER billing_records_not_removed
    BEFORE DELETE OR TRUNCATE ON billing_records
    FOR EACH STATEMENT EXECUTE FUNCTION escrow_refuse_change();
ALTER TABLE billing_records ENABLE ALWAYS TRIGGER billing_records_guard_change;
ALTER TABLE billing_records ENABLE ALWAYS TRIGGER billing_records_not_removed;

-- What was granted against invoices to come.
CREATE TABLE billing_credits (
    credit_id            uuid        NOT NULL CONSTRAINT billing_credits_pkey PRIMARY KEY,
    customer_id          bigint      NOT NULL
        CONSTRAINT billing_credits_customer REFERENCES customers,
    amount_micro_usdc    bigint      NOT NULL,
    remaining_micro_usdc bigint      NOT NULL,
    reason               text        NOT NULL,
    granted_by           text        NOT NULL,
    granted_at           timestamptz NOT NULL,
    CONSTRAINT billing_credits_amount_positive CHECK (amount_micro_usdc > 0),
    CONSTRAINT billing_credits_remaining_bounded
        CHECK (remaining_micro_usdc BETWEEN 0 AND amount_micro_usdc)
);
CREATE INDEX billing_credits_open ON billing_credits (customer_id, credit_id)
    WHERE remaining_micro_usdc > 0;

-- A line holds all that it takes to rate it again: what it rests on, and which prices. Months are
-- those of UTC, named by their first day; lines, days of a month and requests count from zero.
CREATE TABLE billing_lines (
    invoice_id        uuid   NOT NULL CONSTRAINT billing_lines_invoice REFERENCES billing_records,
    line              bigint NOT NULL,
    customer_id       bigint NOT NULL,
    kind              text   NOT NULL,
    amount_micro_usdc bigint NOT NULL,
    service_type      text,
    tier              text,
    price_version     bigint,
    month             date,
    before_requests   bigint,
    requests          bigint,
    first_day         bigint,
    end_day           bigint,
    has_burst         boolean,
    seal_keys         bigint,
    packages_per_key  bigint,
    api_keys          bigint,
    credit_id         uuid   CONSTRAINT billing_lines_credit REFERENCES billing_credits,
    CONSTRAINT billing_lines_pkey PRIMARY KEY (invoice_id, line),
    CONSTRAINT billing_lines_kind_known CHECK (kind IN (
        'usage', 'late_usage', 'base_fee', 'base_fee_returned', 'credit')),
    CONSTRAINT billing_lines_sign CHECK (
        CASE WHEN kind IN ('credit', 'base_fee_returned') THEN amount_micro_usdc <= 0
            ELSE amount_micro_usdc >= 0 END),
    CONSTRAINT billing_lines_priced CHECK (
        num_nonnulls(service_type, tier, price_version, month)
            = CASE WHEN kind = 'credit' THEN 0 ELSE 4 END),
    CONSTRAINT billing_lines_month CHECK (extract(day FROM month) = 1),
    CONSTRAINT billing_lines_usage_is_whole CHECK (
        num_nonnulls(before_requests, requests)
            = CASE WHEN kind IN ('usage', 'late_usage') THEN 2 ELSE 0 END
        AND before_requests >= 0 AND requests > 0),
    CONSTRAINT billing_lines_fee_is_whole CHECK (
        num_nonnulls(first_day, end_day, has_burst, seal_keys, packages_per_key, api_keys)
            = CASE WHEN kind IN ('base_fee', 'base_fee_returned') THEN 6 ELSE 0 END
        AND first_day BETWEEN 0 AND end_day AND end_day <= 31),
    CONSTRAINT billing_lines_credit_is_named CHECK ((kind = 'credit') = (credit_id IS NOT NULL))
);
CREATE INDEX billing_lines_use ON billing_lines
    (customer_id, month, service_type, tier, price_version, before_requests)
    WHERE before_requests IS NOT NULL;

-- Which requests of an hour's sum stand on a line: after the first `from_request`, through
-- `through_request`. Parts of one sum never overlap, as each begins where `invoiced` stood.
CREATE TABLE billing_line_parts (
    invoice_id      uuid        NOT NULL,
    line            bigint      NOT NULL,
    hour            timestamptz NOT NULL,
    from_request    bigint      NOT NULL,
    through_request bigint      NOT NULL,
    CONSTRAINT billing_line_parts_pkey PRIMARY KEY (invoice_id, line, hour),
    CONSTRAINT billing_line_parts_span CHECK (from_request >= 0 AND through_request > from_request)
);

CREATE TRIGGER billing_lines_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_lines
    FOR EACH STATEMENT EXECUTE FUNCTION escrow_refuse_change();
CREATE TRIGGER billing_line_parts_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_line_parts
    FOR EACH STATEMENT EXECUTE FUNCTION escrow_refuse_change();
ALTER TABLE billing_lines ENABLE ALWAYS TRIGGER billing_lines_append_only;
ALTER TABLE billing_line_parts ENABLE ALWAYS TRIGGER billing_line_parts_append_only;
