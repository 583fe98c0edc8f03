-- Lines as the intake stores them, `first` to `last`, in batches; one in fifty was not answered well.
INSERT INTO customers (customer_id, wallet_address, created_at)
SELECT n, sha256(n::text::bytea), now() FROM generate_series(1, %(customers)s::bigint) AS n
ON CONFLICT DO NOTHING;
SELECT haproxy_logs_make_days(
    (timestamp '2026-10-01' + %(first)s::bigint * interval '10 milliseconds')::date,
    (timestamp '2026-10-01' + %(last)s::bigint * interval '10 milliseconds')::date);
INSERT INTO log_batches (batch_id, source, received_at, line_count, first_at, last_at)
SELECT b, 'bench', now(), %(batch)s::bigint,
    timestamptz '2026-10-01Z' + b * %(batch)s::bigint * interval '10 milliseconds',
    timestamptz '2026-10-01Z' + ((b + 1) * %(batch)s::bigint - 1) * interval '10 milliseconds'
  FROM generate_series(%(first)s::bigint / %(batch)s::bigint,
    %(last)s::bigint / %(batch)s::bigint - 1) AS b;
INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id, service_type, method, status,
    bytes_in, bytes_out, duration_ms)
SELECT timestamptz '2026-10-01Z' + n * interval '10 milliseconds', 'edge-1',
    lpad(to_hex(n * 2654435761 & 4294967295), 32, '0')::uuid, n / %(batch)s::bigint,
    1 + n * 7919 %% %(customers)s::bigint, 'seal', 'POST',
    CASE WHEN n %% 50 = 0 THEN 429 ELSE 200 END, 300, 1200, 12
  FROM generate_series(%(first)s::bigint, %(last)s::bigint - 1) AS n;
