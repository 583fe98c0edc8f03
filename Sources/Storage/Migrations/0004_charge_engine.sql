-- What the charge engine keeps besides the operations themselves.

-- Until when any build of a lineage can run: raised with every build, in the same transaction, so
-- that who lets go of a claim and who builds anew meet at its row.
ALTER TABLE gas_claims ADD COLUMN last_epoch bigint;
UPDATE gas_claims AS g
   SET last_epoch = (SELECT max(b.last_epoch) FROM charge_batches AS b WHERE b.lineage = g.lineage);
ALTER TABLE gas_claims ALTER COLUMN last_epoch SET NOT NULL;

-- A transaction that only moves the charger's SUI between its coins spends several of them.
ALTER TABLE gas_claims DROP CONSTRAINT gas_claims_lineage_key;
ALTER TABLE charge_batches DROP CONSTRAINT charge_batches_purpose_known;
ALTER TABLE charge_batches ADD CONSTRAINT charge_batches_purpose_known
    CHECK (purpose IN ('charge', 'refund', 'cancel', 'maintenance'));

-- Somebody wants it cancelled: withdrawn while it is planned, cancelled on chain from then on.
ALTER TABLE charges ADD COLUMN cancel_asked_at timestamptz;
CREATE INDEX charges_to_cancel ON charges (charge_id)
    WHERE state IN ('planned', 'signed')
      AND (cancel_asked_at IS NOT NULL OR cancel_digest IS NOT NULL);

CREATE INDEX gas_coins_balance ON gas_coins (balance DESC);

-- Charges by the minute in which they were first signed, for the cap on an hour.
CREATE TABLE signed_amounts (
    minute            timestamptz NOT NULL CONSTRAINT signed_amounts_pkey PRIMARY KEY,
    amount_micro_usdc bigint      NOT NULL,
    CONSTRAINT signed_amounts_positive CHECK (amount_micro_usdc > 0)
);

-- After a restore every session ends, as one that had been ended may live again.
ALTER TABLE sessions DROP CONSTRAINT sessions_end_reason_known;
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_known CHECK (end_reason IN (
    'logout', 'ended_by_customer', 'ended_others', 'refresh_reused', 'database_restored'));

-- The last generation that nothing stood against charging in: who waits takes this database for the
-- one that is charged from where the living leader does.
ALTER TABLE leader_generation ADD COLUMN armed_counter bigint;
-- When the server had started on which the generation was taken. After a stop its files may be older
-- ones with the same identity, so nobody goes on who led before.
ALTER TABLE leader_generation ADD COLUMN server_started_at timestamptz;
