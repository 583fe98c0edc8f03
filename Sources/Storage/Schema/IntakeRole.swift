/// The role that logins of `sluice intake` are members of: what stands on an edge, where it can be
/// stolen, may add lines and read no more than that takes.
///
/// Roles are the whole server's and made by an operator; what this one may do is the database's, and
/// granted by each `sluice migrate`. Days of `haproxy_logs` need no grant: they are reached through
/// the table they are of.
public enum IntakeRole {
    public static let name = "sluice_intake"

    static let exists: SQL = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_intake')"

    /// Of tables that are read or changed, the columns; `log_batches` and `log_quarantine` are only
    /// added to. The statements are those of `Intake` and of `Vault/Edge`.
    static let grants = """
        DO $$ BEGIN
            EXECUTE format(
                'GRANT CONNECT, TEMPORARY ON DATABASE %I TO sluice_intake', current_database());
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO sluice_intake', current_schema());
        END $$;
        GRANT EXECUTE ON FUNCTION haproxy_logs_make_days(date, date) TO sluice_intake;
        GRANT INSERT, SELECT (at, edge, line_id) ON haproxy_logs TO sluice_intake;
        GRANT INSERT ON log_batches TO sluice_intake;
        GRANT USAGE ON SEQUENCE log_batches_batch_id_seq TO sluice_intake;
        GRANT INSERT ON log_quarantine TO sluice_intake;
        GRANT INSERT, SELECT, UPDATE (first_number, last_number, received, total, last_received_at,
            last_line_at, closed_at) ON log_windows TO sluice_intake;
        GRANT INSERT, SELECT, DELETE, UPDATE (first_at, last_at, first_number, last_number, lost,
            found_at, is_closed) ON log_gaps TO sluice_intake;
        GRANT SELECT (api_key_id, key_hash, customer_id, last_used_at), UPDATE (last_used_at)
            ON api_keys TO sluice_intake;
        GRANT INSERT, SELECT, UPDATE (version, applied_at, standing, error, reported_at)
            ON vault_edges TO sluice_intake;
        """
}
