-- Who takes lines in needs days and does not own the table: the owner makes them for everybody who
-- was granted this. Nobody else gets days that no intake asks for whose clock is right, which are from
-- 35 days back to 2 ahead: with a login that was stolen the catalogue is not filled.
CREATE OR REPLACE FUNCTION haproxy_logs_make_days(first_day date, last_day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    made    bigint  := 0;
    is_ours boolean := pg_has_role(session_user, current_user, 'MEMBER');
    day     date;
    name    text;
BEGIN
    IF NOT is_ours AND (first_day >= current_date - 60 AND last_day <= current_date + 60) IS NOT TRUE
    THEN
        RAISE EXCEPTION USING ERRCODE = 'datetime_field_overflow',
            MESSAGE = 'days from 60 back to 60 ahead are made, by the clock of the database';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('haproxy_logs_make_days'));
    FOR offset_days IN 0 .. last_day - first_day LOOP
        day := first_day + offset_days;
        name := 'haproxy_logs_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
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
