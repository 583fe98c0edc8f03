-- The edge whose use a key may tell of; null: one that is called as the key is.
ALTER TABLE service_keys ADD COLUMN edge text
    CONSTRAINT service_keys_edge_form CHECK (edge ~ '^[A-Za-z0-9_-]{1,64}$');
