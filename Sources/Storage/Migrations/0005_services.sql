-- What customers have chosen of the services, and the keys with which they use them.

-- One row for each customer and service. The configuration in force, the one that takes its place
-- on the first of a month, and the one that the last invoiced month was paid for stand beside each
-- other; a month is the date of its first day. `version` rises with every change: who writes says
-- which one was read.
CREATE TABLE service_instances (
    customer_id                bigint      NOT NULL
        CONSTRAINT service_instances_customer REFERENCES customers,
    service_type               text        NOT NULL,
    state                      text        NOT NULL DEFAULT 'not_provisioned',
    tier                       text,
    has_burst                  boolean,
    seal_keys                  bigint,
    packages_per_key           bigint,
    api_keys                   bigint,
    scheduled_from             date,
    scheduled_tier             text,
    scheduled_has_burst        boolean,
    scheduled_seal_keys        bigint,
    scheduled_packages_per_key bigint,
    scheduled_api_keys         bigint,
    paid_month                 date,
    paid_price_version         bigint,
    paid_tier                  text,
    paid_has_burst             boolean,
    paid_seal_keys             bigint,
    paid_packages_per_key      bigint,
    paid_api_keys              bigint,
    version                    bigint      NOT NULL DEFAULT 1,
    created_at                 timestamptz NOT NULL,
    changed_at                 timestamptz NOT NULL,
    CONSTRAINT service_instances_pkey PRIMARY KEY (customer_id, service_type),
    CONSTRAINT service_instances_type_known CHECK (service_type IN ('seal', 'grpc', 'graphql')),
    CONSTRAINT service_instances_state_known CHECK (state IN (
        'not_provisioned', 'enabled', 'disabled', 'suspended_no_payment',
        'suspended_spending_limit', 'suspended_by_operator')),
    CONSTRAINT service_instances_configuration_is_whole CHECK (
        num_nonnulls(tier, has_burst, seal_keys, packages_per_key, api_keys) IN (0, 5)),
    CONSTRAINT service_instances_scheduled_is_whole CHECK (
        num_nonnulls(scheduled_from, scheduled_tier, scheduled_has_burst, scheduled_seal_keys,
            scheduled_packages_per_key, scheduled_api_keys) IN (0, 6)),
    CONSTRAINT service_instances_paid_is_whole CHECK (
        num_nonnulls(paid_month, paid_price_version, paid_tier, paid_has_burst, paid_seal_keys,
            paid_packages_per_key, paid_api_keys) IN (0, 7)),
    CONSTRAINT service_instances_served_is_configured
        CHECK (state = 'not_provisioned' OR tier IS NOT NULL),
    CONSTRAINT service_instances_scheduled_month CHECK (extract(day FROM scheduled_from) = 1),
    CONSTRAINT service_instances_paid_month CHECK (extract(day FROM paid_month) = 1)
);
CREATE INDEX service_instances_state ON service_instances (state, customer_id);
CREATE INDEX service_instances_scheduled ON service_instances (scheduled_from)
    WHERE scheduled_from IS NOT NULL;

-- Which tier was in force from when on, for ever: use that comes in late is priced by its hour.
CREATE TABLE service_tier_periods (
    customer_id  bigint      NOT NULL,
    service_type text        NOT NULL,
    starts_at    timestamptz NOT NULL,
    tier         text        NOT NULL,
    CONSTRAINT service_tier_periods_pkey PRIMARY KEY (customer_id, service_type, starts_at),
    CONSTRAINT service_tier_periods_instance FOREIGN KEY (customer_id, service_type)
        REFERENCES service_instances
);

-- The key itself only sealed (AES-256-GCM, `IV:authTag:ciphertext`): `sealed_key` under the
-- database's key, `vault_key` under the vault's, made once so that an unchanged vault stays the same
-- bytes; both are gone once it is deleted. Everything else knows a key by `key_hash`, its SHA-256.
-- `expires_at` ends the overlap of a key that was rotated. `changed_in` is the transaction since
-- which HAProxy is to treat it as it stands.
CREATE TABLE api_keys (
    api_key_id   uuid        NOT NULL CONSTRAINT api_keys_pkey PRIMARY KEY,
    customer_id  bigint      NOT NULL,
    service_type text        NOT NULL,
    name         text,
    state        text        NOT NULL DEFAULT 'active',
    key_hash     bytea       NOT NULL CONSTRAINT api_keys_hash_key UNIQUE,
    hint         text        NOT NULL,
    sealed_key   text,
    vault_key    text,
    created_at   timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    changed_in   xid8        NOT NULL DEFAULT pg_current_xact_id(),
    expires_at   timestamptz,
    last_used_at timestamptz,
    rotated_from uuid        CONSTRAINT api_keys_rotated_from REFERENCES api_keys,
    CONSTRAINT api_keys_instance FOREIGN KEY (customer_id, service_type)
        REFERENCES service_instances,
    CONSTRAINT api_keys_state_known CHECK (state IN ('active', 'revoked', 'deleted')),
    CONSTRAINT api_keys_sealed_until_deleted CHECK ((state = 'deleted') = (sealed_key IS NULL)),
    CONSTRAINT api_keys_hash_length CHECK (octet_length(key_hash) = 32),
    CONSTRAINT api_keys_name_length CHECK (char_length(name) BETWEEN 1 AND 64),
    CONSTRAINT api_keys_hint_length CHECK (char_length(hint) <= 16)
);
CREATE INDEX api_keys_customer ON api_keys (customer_id, service_type, api_key_id DESC);
CREATE INDEX api_keys_expires_at ON api_keys (expires_at)
    WHERE state = 'active' AND expires_at IS NOT NULL;
CREATE UNIQUE INDEX api_keys_rotated_once ON api_keys (rotated_from)
    WHERE rotated_from IS NOT NULL;
