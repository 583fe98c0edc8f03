-- Who takes lines in needs days and does not own the table: the owner makes them for everybody who
-- was granted this. Nobody else gets beyond 1000 days, years more than are kept, so that a login that
-- was stolen does not fill the catalogue.
CREATE OR REPLACE FUNCTION haproxy_logs_make_days(first_day date, last_day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    made    bigint  := 0;
    is_ours boolean := pg_has_role(session_user, current_user, 'MEMBER');
    day     date;
    name    text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('haproxy_logs_make_days'));
    FOR offset_days IN 0 .. last_day - first_day LOOP
        day := first_day + offset_days;
        name := 'haproxy_logs_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        EXIT WHEN NOT is_ours AND (
            SELECT count(*) FROM pg_inherits WHERE inhparent = 'haproxy_logs'::regclass) >= 1000;
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF haproxy_logs FOR VALUES FROM (%L) TO (%L)', name,
            day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

REVOKE EXECUTE ON FUNCTION haproxy_logs_make_days(date, date) FROM PUBLIC;

-- What runs with the owner's rights finds the owner's tables, not temporary ones of the caller.
DO $$ BEGIN
    EXECUTE format(
        'ALTER FUNCTION haproxy_logs_make_days(date, date) SET search_path = %I, pg_temp',
        current_schema());
END $$;
