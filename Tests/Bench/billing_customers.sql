-- Customers who were served all last month: each with an account, an instance whose next month has
-- begun, and use that stands on no invoice.
INSERT INTO customers (customer_id, wallet_address, created_at)
SELECT n, sha256(n::text::bytea), now() FROM generate_series(1, %(customers)s::bigint) AS n;
INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary,
    balance_micro_usdc, spending_limit_micro_usdc, period_start, opened_at, checkpoint)
SELECT sha256(wallet_address), wallet_address, sha256('operator'), sha256(sha256(wallet_address)),
    true, 1000000000, 0, now(), now(), 1
  FROM customers;
INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst, seal_keys,
    packages_per_key, api_keys, paid_month, paid_price_version, paid_tier, paid_has_burst,
    paid_seal_keys, paid_packages_per_key, paid_api_keys, created_at, changed_at)
SELECT customer_id, 'seal', 'enabled', 'starter', false, 1, 3, 1,
    (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')::date, 1, 'starter', false,
    1, 3, 1, now(), now()
  FROM customers;
INSERT INTO usage_records (hour, customer_id, service_type, tier, requests, successful, bytes_in,
    bytes_out)
SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') - h * interval '1 hour') AT TIME ZONE 'UTC',
    customer_id, 'seal', 'starter', 1000, 900, 300000, 1200000
  FROM customers, generate_series(1, %(hours)s::bigint) AS h;
INSERT INTO billing_accounts (customer_id, used_from, is_stale, stale_since)
SELECT customer_id, now() - interval '40 days', true, now() FROM customers;
