-- Settled charges :first to :last of every account, with their events and entries, and one deposit
-- that pays for them. Their checkpoints are before those of the chain, so they change no mirror.
CREATE OR REPLACE FUNCTION pg_temp.u64(bigint) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$
    SELECT decode(string_agg(substr(encode(int8send($1), 'hex'), 15 - 2 * n, 2), '' ORDER BY n),
        'hex') FROM generate_series(0, 7) AS n
$$;

CREATE TEMPORARY TABLE number AS
SELECT n, pg_temp.u64(1000000 + n) AS sequence,
    (:last - n) * :amount::bigint AS balance,
    pg_temp.u64((:last - n) * :amount::bigint) AS left_over,
    pg_temp.u64((n - :first + 1) * :amount::bigint) AS charged
  FROM generate_series(:first, :last) AS n;

CREATE TEMPORARY TABLE history AS
SELECT account_id, n, number.sequence, balance, left_over, charged, charge_id,
    uuid_send(charge_id) || substr(sha256(uuid_send(charge_id)), 1, 16) AS reference,
    sha256(int8send(n) || int8send(place / 256)) AS digest, place % 256 AS event_seq
  FROM (SELECT account_id, row_number() OVER (ORDER BY account_id) - 1 AS place
          FROM escrow_accounts) AS account
 CROSS JOIN number
 CROSS JOIN LATERAL (
    SELECT overlay(replace(gen_random_uuid()::text, '-', '') PLACING
        lpad(to_hex(1700000000000 + n * 1000), 12, '0') || '7' FROM 1 FOR 13)::uuid AS charge_id
     WHERE account_id IS NOT NULL AND n IS NOT NULL) AS made
 ORDER BY n, place;

INSERT INTO escrow_transactions (digest, event_seq, checkpoint, at, account_id, name, kind,
    standing, amount_micro_usdc, balance_micro_usdc, bcs)
SELECT sha256('deposit' || account_id || int8send(:first)), 0, -2, '2023-11-14', account_id,
    'Deposited', 'deposited', 'booked', sum, sum,
    account_id || owner || pg_temp.u64(sum) || pg_temp.u64(sum)
  FROM escrow_accounts, (SELECT (:last - :first + 1) * :amount::bigint AS sum) AS paid;

INSERT INTO escrow_transactions (digest, event_seq, checkpoint, at, account_id, name, kind,
    standing, sequence, amount_micro_usdc, balance_micro_usdc, reference, bcs)
SELECT digest, event_seq, -1, '2023-11-15'::timestamptz + n * interval '1 second', account_id,
    'Charged', 'charged', 'booked', 1000000 + n, :amount, balance, reference,
    account_id || sequence || fixed.amount || '\x20' || reference || left_over || charged
        || fixed.period
  FROM history, (SELECT pg_temp.u64(:amount) AS amount, pg_temp.u64(1700000000000) AS period)
        AS fixed;

INSERT INTO charges (charge_id, kind, state, account_id, amount_micro_usdc, reference,
    obligation_mark, service, description, sequence, transaction_digest, outcome_digest,
    outcome_event_seq, outcome_sequence, outcome_checkpoint, attempts, planned_at, signed_at,
    ended_at)
SELECT charge_id, 'charge', 'settled', account_id, :amount, reference, substr(reference, 17),
    'bench', 'use', 1000000 + n, digest, digest, event_seq, 1000000 + n, -1, 1, at, at, at
  FROM history, LATERAL (SELECT '2023-11-15'::timestamptz + n * interval '1 second' AS at) AS time;

INSERT INTO ledger_entries (at, purpose, account_id, debit_account, credit_account,
    amount_micro_usdc, digest, event_seq, leg)
SELECT at, 'deposit', account_id, 'chain', 'escrow/0x' || encode(account_id, 'hex'),
    amount_micro_usdc, digest, event_seq, 0
  FROM escrow_transactions
 WHERE checkpoint = -2 AND digest = sha256('deposit' || account_id || int8send(:first));

INSERT INTO ledger_entries (at, purpose, account_id, charge_id, debit_account, credit_account,
    amount_micro_usdc, digest, event_seq, leg)
SELECT '2023-11-15', step.purpose, account_id, charge_id,
    CASE step.purpose WHEN 'hold' THEN 'escrow/' ELSE 'held/' END || name,
    CASE step.purpose WHEN 'hold' THEN 'held/' || name ELSE 'revenue' END, :amount,
    CASE step.purpose WHEN 'charge' THEN digest END,
    CASE step.purpose WHEN 'charge' THEN event_seq END,
    CASE step.purpose WHEN 'charge' THEN 0 END
  FROM history, LATERAL (SELECT '0x' || encode(account_id, 'hex') AS name) AS names,
    (VALUES ('hold'), ('charge')) AS step (purpose);

DROP TABLE history, number;
