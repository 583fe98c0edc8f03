-- One sign-in as the gateway does it: the statements of Sources/Authentication/SignIn/
-- NonceQueries.swift and Sessions/SessionQueries.swift, with the audit record of a success.
-- :message, :network and :live_limit come from the command line.
\set wallet random(1, 1000)
\set nonce random(1, 9000000000000000000)
\set session random(1, 9000000000000000000)
\set candidate random(1, 4294967295)

INSERT INTO auth_nonces
    (nonce, token_hash, wallet_address, message, client_network, issued_at, expires_at)
SELECT lpad(to_hex(:nonce::bigint), 40, '0'), decode(lpad(to_hex(:nonce::bigint), 64, '0'), 'hex'),
    decode(lpad(to_hex(:wallet::bigint), 64, '0'), 'hex'), :message::text, :network::text,
    now(), now() + interval '5 minutes'
 WHERE (SELECT count(*) FROM (
            SELECT 1 FROM auth_nonces
             WHERE client_network = :network::text AND expires_at > now()
             LIMIT :live_limit::bigint) AS live) < :live_limit::bigint;

DELETE FROM auth_nonces WHERE nonce = lpad(to_hex(:nonce::bigint), 40, '0')
    AND token_hash = decode(lpad(to_hex(:nonce::bigint), 64, '0'), 'hex')
RETURNING wallet_address, message, expires_at;

WITH known AS (
    SELECT customer_id, wallet_address, status, display_name, created_at FROM customers
     WHERE wallet_address = decode(lpad(to_hex(:wallet::bigint), 64, '0'), 'hex')
), made AS (
    INSERT INTO customers (customer_id, wallet_address, created_at)
    SELECT :candidate::bigint, decode(lpad(to_hex(:wallet::bigint), 64, '0'), 'hex'), now()
     WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT (wallet_address) DO NOTHING
    RETURNING customer_id, wallet_address, status, display_name, created_at
), c AS (
    SELECT * FROM known UNION ALL SELECT * FROM made
), s AS (
    INSERT INTO sessions (session_id, customer_id, created_at, last_used_at,
        expires_at, client_ip, user_agent)
    SELECT lpad(to_hex(:session::bigint), 32, '0')::uuid, customer_id, now(), now(),
        now() + interval '90 days', :network::text, :agent::text
      FROM c WHERE status = 'active'
    RETURNING *
), r AS (
    INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
    SELECT decode(lpad(to_hex(:session::bigint), 64, '0'), 'hex'), session_id, created_at,
        now() + interval '30 days'
      FROM s
), audited AS (
    INSERT INTO audit_log (at, action, outcome, reason, wallet_address, ip, user_agent,
        request_id, details, session_id, customer_id)
    SELECT now(), :action::text, 'success', NULL, lpad(to_hex(:wallet::bigint), 66, '0'),
        :network::text, :agent::text, lpad(to_hex(:nonce::bigint), 36, '0'), NULL,
        session_id, customer_id
      FROM s
)
SELECT s.session_id, s.created_at, s.last_used_at, s.expires_at, s.client_ip, s.user_agent,
    c.customer_id, c.wallet_address, c.status, c.display_name, c.created_at,
    (SELECT e.account_id FROM escrow_accounts AS e
      WHERE e.owner = wallet_address AND e.is_primary)
  FROM s JOIN c ON c.customer_id = s.customer_id;
