-- Customers, the challenges they sign, their sessions, and the keys that sign tokens and calls.

CREATE TABLE customers (
    customer_id    bigint      NOT NULL CONSTRAINT customers_pkey PRIMARY KEY,
    wallet_address bytea       NOT NULL,
    status         text        NOT NULL DEFAULT 'active',
    display_name   text,
    created_at     timestamptz NOT NULL,
    CONSTRAINT customers_wallet_address_key UNIQUE (wallet_address),
    CONSTRAINT customers_id_in_range CHECK (customer_id BETWEEN 1 AND 4294967295),
    CONSTRAINT customers_wallet_address_length CHECK (octet_length(wallet_address) = 32),
    CONSTRAINT customers_status_known CHECK (status IN ('active', 'closed')),
    CONSTRAINT customers_display_name_length CHECK (char_length(display_name) BETWEEN 1 AND 64)
);

-- A row is deleted when it is used: whoever deletes it has the one right to sign in with it.
CREATE TABLE auth_nonces (
    nonce          text        NOT NULL CONSTRAINT auth_nonces_pkey PRIMARY KEY,
    token_hash     bytea       NOT NULL,
    wallet_address bytea,
    message        text        NOT NULL,
    client_network text,
    issued_at      timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    CONSTRAINT auth_nonces_token_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT auth_nonces_wallet_address_length CHECK (octet_length(wallet_address) = 32),
    CONSTRAINT auth_nonces_expire_after_issue CHECK (expires_at > issued_at)
);
CREATE INDEX auth_nonces_client_network ON auth_nonces (client_network, expires_at);
CREATE INDEX auth_nonces_expires_at ON auth_nonces (expires_at);

CREATE TABLE sessions (
    session_id   uuid        NOT NULL CONSTRAINT sessions_pkey PRIMARY KEY,
    customer_id  bigint      NOT NULL CONSTRAINT sessions_customer REFERENCES customers,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    end_reason   text,
    client_ip    text,
    user_agent   text,
    CONSTRAINT sessions_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT sessions_end_reason_known
        CHECK (end_reason IN ('logout', 'ended_by_customer', 'ended_others', 'refresh_reused')),
    CONSTRAINT sessions_expire_after_start CHECK (expires_at > created_at)
);
CREATE INDEX sessions_customer_id ON sessions (customer_id, created_at DESC);
CREATE INDEX sessions_last_used_at ON sessions (last_used_at);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_ended_at ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- The token itself is never stored. `used_at` marks the one rotation a token is good for; the row
-- stays until it expires, so that a thief's later use is recognised.
CREATE TABLE refresh_tokens (
    token_hash bytea       NOT NULL CONSTRAINT refresh_tokens_pkey PRIMARY KEY,
    session_id uuid        NOT NULL
        CONSTRAINT refresh_tokens_session REFERENCES sessions ON DELETE CASCADE,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT refresh_tokens_hash_length CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expires_at ON refresh_tokens (expires_at);

-- What every gateway must hear of within a second. `ended_at` is the database's own clock, so that
-- readers on several machines can ask for "since" without trusting each other's.
CREATE TABLE session_ends (
    session_id uuid        NOT NULL CONSTRAINT session_ends_pkey PRIMARY KEY,
    ended_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX session_ends_ended_at ON session_ends (ended_at);

-- `private_key` is sealed (AES-256-GCM, `IV:authTag:ciphertext`).
CREATE TABLE signing_keys (
    key_id         text        NOT NULL CONSTRAINT signing_keys_pkey PRIMARY KEY,
    algorithm      text        NOT NULL,
    public_key     bytea       NOT NULL,
    private_key    text        NOT NULL,
    created_at     timestamptz NOT NULL,
    signs_from     timestamptz NOT NULL,
    verifies_until timestamptz,
    CONSTRAINT signing_keys_algorithm_known CHECK (algorithm IN ('EdDSA')),
    CONSTRAINT signing_keys_public_key_length CHECK (octet_length(public_key) = 32)
);

CREATE TABLE service_keys (
    service_key_id text        NOT NULL CONSTRAINT service_keys_pkey PRIMARY KEY,
    name           text        NOT NULL,
    scopes         text        NOT NULL,
    created_at     timestamptz NOT NULL,
    revoked_at     timestamptz,
    CONSTRAINT service_keys_name_key UNIQUE (name),
    CONSTRAINT service_keys_name_form CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    CONSTRAINT service_keys_scopes_known
        CHECK (scopes ~ '^(charges|refunds|ingest|reports)( (charges|refunds|ingest|reports))*$')
);

-- A key may have two live secrets, so that its holder can change over without a gap.
CREATE TABLE service_key_secrets (
    secret_id      uuid        NOT NULL CONSTRAINT service_key_secrets_pkey PRIMARY KEY,
    service_key_id text        NOT NULL
        CONSTRAINT service_key_secrets_key REFERENCES service_keys,
    sealed_secret  text        NOT NULL,
    created_at     timestamptz NOT NULL,
    revoked_at     timestamptz
);
CREATE INDEX service_key_secrets_key_id ON service_key_secrets (service_key_id);
