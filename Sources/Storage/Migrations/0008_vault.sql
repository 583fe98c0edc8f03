-- What HAProxy is told of keys, version by version, and which edge has which.

-- Keys that may have to be told anew, with the transaction that changed them: who knows which
-- snapshot a version was read in finds what is new since without looking at all keys.
CREATE TABLE vault_changes (
    transaction_id xid8  NOT NULL DEFAULT pg_current_xact_id(),
    key_hash       bytea NOT NULL
);
CREATE INDEX vault_changes_transaction ON vault_changes (transaction_id);

CREATE FUNCTION note_changed_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO vault_changes (key_hash) SELECT key_hash FROM changed_keys;
    RETURN NULL;
END $$;

CREATE FUNCTION note_changed_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO vault_changes (key_hash)
    SELECT OLD.key_hash UNION SELECT NEW.key_hash;
    RETURN NULL;
END $$;

CREATE FUNCTION note_changed_instance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO vault_changes (key_hash)
    SELECT key_hash FROM api_keys
     WHERE customer_id = NEW.customer_id AND service_type = NEW.service_type AND state = 'active';
    RETURN NULL;
END $$;

CREATE TRIGGER api_keys_made AFTER INSERT ON api_keys
    REFERENCING NEW TABLE AS changed_keys
    FOR EACH STATEMENT EXECUTE FUNCTION note_changed_keys();
CREATE TRIGGER api_keys_removed AFTER DELETE ON api_keys
    REFERENCING OLD TABLE AS changed_keys
    FOR EACH STATEMENT EXECUTE FUNCTION note_changed_keys();
-- A key that is sealed anew gives what it gave: only whether it is sealed is news.
CREATE TRIGGER api_keys_changed AFTER UPDATE ON api_keys FOR EACH ROW
    WHEN (ROW(OLD.key_hash, OLD.customer_id, OLD.service_type, OLD.state, OLD.expires_at,
            OLD.vault_key IS NULL)
        IS DISTINCT FROM ROW(NEW.key_hash, NEW.customer_id, NEW.service_type, NEW.state,
            NEW.expires_at, NEW.vault_key IS NULL))
    EXECUTE FUNCTION note_changed_key();
CREATE TRIGGER service_instances_changed AFTER UPDATE ON service_instances FOR EACH ROW
    WHEN (ROW(OLD.state, OLD.tier, OLD.has_burst)
        IS DISTINCT FROM ROW(NEW.state, NEW.tier, NEW.has_burst))
    EXECUTE FUNCTION note_changed_instance();

-- Which version of VAULT_KEY a key is sealed under. `IV:authTag:ciphertext` is of version 1, later
-- ones say which they are: `v2:IV:…`. What is under an older one is found without reading all.
ALTER TABLE api_keys ADD COLUMN vault_key_version integer GENERATED ALWAYS AS (
    CASE WHEN vault_key IS NOT NULL
         THEN coalesce(substring(vault_key FROM '^v([1-9][0-9]{0,8}):')::integer, 1) END) STORED;
CREATE INDEX api_keys_vault_key_version ON api_keys (vault_key_version, api_key_id)
    WHERE vault_key_version IS NOT NULL;
CREATE INDEX api_keys_without_vault_key ON api_keys (api_key_id)
    WHERE vault_key IS NULL AND state = 'active';

-- A row is made before its folder gets its name, and `published_at` is set afterwards: one without
-- it was never in force, or is found to be when the folder is next looked at. All changes visible in
-- `snapshot` are in the version, and keys that expire up to `as_of` are not. Its files of all keys
-- were read after version `base` had been; its file of changes has all that changed after the
-- snapshot of version `since`. `is_whole` says that the first have all of it. All of its table is
-- sealed under version `sealed_under` of VAULT_KEY; null where it is under several.
CREATE TABLE vault_versions (
    version        bigint      NOT NULL CONSTRAINT vault_versions_pkey PRIMARY KEY,
    made_at        timestamptz NOT NULL,
    as_of          timestamptz NOT NULL,
    snapshot       pg_snapshot NOT NULL,
    base           bigint      NOT NULL,
    since          bigint      NOT NULL,
    is_whole       boolean     NOT NULL,
    key_count      bigint      NOT NULL,
    map_digest     text        NOT NULL,
    table_digest   text        NOT NULL,
    changes_digest text        NOT NULL,
    rates          text        NOT NULL,
    rolled_back_to bigint,
    sealed_under   integer,
    published_at   timestamptz,
    CONSTRAINT vault_versions_order
        CHECK (0 < since AND since <= base AND base <= version AND rolled_back_to < version),
    CONSTRAINT vault_versions_key_count CHECK (key_count >= 0)
);
CREATE INDEX vault_versions_published ON vault_versions (version DESC)
    WHERE published_at IS NOT NULL;

-- What each edge says of itself: all that HAProxy runs there has `version`, 0 for none. Anything but
-- `applied` says why it has no later one.
CREATE TABLE vault_edges (
    edge        text        NOT NULL CONSTRAINT vault_edges_pkey PRIMARY KEY,
    version     bigint      NOT NULL,
    applied_at  timestamptz,
    standing    text        NOT NULL,
    error       text,
    reported_at timestamptz NOT NULL,
    CONSTRAINT vault_edges_version_not_negative CHECK (version >= 0),
    CONSTRAINT vault_edges_standing_known
        CHECK (standing IN ('applied', 'applying', 'refused', 'failed')),
    CONSTRAINT vault_edges_error_has_reason
        CHECK ((error IS NOT NULL) = (standing IN ('refused', 'failed')))
);
