-- Charges planned in bulk: for each account what `Charges.plan` does in one transaction
-- (Sources/Escrow/Charges/ChargeQueries.swift): sum set aside, row, entry. Accounts are locked in
-- the order in which everybody locks them.
WITH account AS (
    SELECT account_id FROM escrow_accounts
     WHERE frozen_at IS NULL
       AND balance_micro_usdc - held_micro_usdc >= %(each)s::bigint * %(amount)s::bigint
     ORDER BY account_id OFFSET %(skip)s::bigint LIMIT %(accounts)s::bigint FOR UPDATE
), held AS (
    UPDATE escrow_accounts AS a
       SET held_micro_usdc = held_micro_usdc + %(each)s::bigint* %(amount)s::bigint
      FROM account WHERE a.account_id = account.account_id
    RETURNING a.account_id
), made AS MATERIALIZED (
    SELECT account_id, overlay(replace(gen_random_uuid()::text, '-', '') PLACING
            lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
            FROM 1 FOR 13)::uuid AS charge_id
      FROM held, generate_series(1, %(each)s::bigint)
), planned AS (
    INSERT INTO charges (charge_id, kind, account_id, amount_micro_usdc, reference,
        obligation_mark, service, description, planned_at)
    SELECT charge_id, 'charge', account_id, %(amount)s::bigint,
        uuid_send(charge_id) || substr(sha256(uuid_send(charge_id)), 1, 16),
        substr(sha256(uuid_send(charge_id)), 1, 16), 'bench', 'use', clock_timestamp()
      FROM made
    RETURNING account_id, charge_id
)
INSERT INTO ledger_entries (at, purpose, account_id, charge_id, debit_account, credit_account,
    amount_micro_usdc)
SELECT clock_timestamp(), 'hold', account_id, charge_id, 'escrow/0x' || encode(account_id, 'hex'),
    'held/0x' || encode(account_id, 'hex'), %(amount)s::bigint
  FROM planned
