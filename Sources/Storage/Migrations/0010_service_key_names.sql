-- The name of a key that was revoked may be given again: a service keeps its name when its key has
-- leaked, and with the name its idempotency keys.
ALTER TABLE service_keys DROP CONSTRAINT service_keys_name_key;
CREATE UNIQUE INDEX service_keys_live_name ON service_keys (name) WHERE revoked_at IS NULL;
