extension Migration {
    /// Every file of `Migrations/`, in the order in which they are applied.
    static let all = [
        Migration(1, "sign_in", PackageResources._001_sign_in_sql),
        Migration(2, "audit", PackageResources._002_audit_sql),
        Migration(3, "escrow", PackageResources._003_escrow_sql),
        Migration(4, "charge_engine", PackageResources._004_charge_engine_sql),
        Migration(5, "services", PackageResources._005_services_sql),
        Migration(6, "usage", PackageResources._006_usage_sql),
        Migration(7, "billing", PackageResources._007_billing_sql),
        Migration(8, "vault", PackageResources._008_vault_sql),
        Migration(9, "worker_runs", PackageResources._009_worker_runs_sql),
        Migration(10, "service_key_names", PackageResources._010_service_key_names_sql),
        Migration(11, "ingest_keys", PackageResources._011_ingest_keys_sql),
        Migration(12, "intake_role", PackageResources._012_intake_role_sql),
    ]
}
