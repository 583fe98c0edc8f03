/// Checksums of migrations, taken when each was released. A line is added with a new file and
/// never changes afterwards: what is wrong in a released file is mended by the next one.
enum ReleasedMigrations {
    /// SHA-256 of the content, by file name.
    static let checksums = [
        "0001_sign_in.sql":
            "efbf154249bac77c85c6af352d7d629174e5e1b54aca4299ce1dfcee99b9c697",
        "0002_audit.sql":
            "271ab49278ecba1cbff14ecfdb31a1e92054f2411f4f3573e1e82a79bc1efbe8",
        "0003_escrow.sql":
            "702f2677a56b407156ea50bf16fb2b6df25a3eab400f08b1bbd3036df6473084",
        "0004_charge_engine.sql":
            "fa1da3ca90ff2200c198724d8bd48785c51379a2ebd84d1c8e3db490998cc07b",
        "0005_services.sql":
            "b233319f60c98b927dc0ec73387d4add160ce17135e581d82561a626d495ea21",
        "0006_usage.sql":
            "b2716224830f115cce7142a9bff8378dce1b283539a8fa8a36ca7fdc7d31f55d",
        "0007_billing.sql":
            "d8a1eef1abb61f93a95e50caeecb00a70943f9b114733238c5ec67a11f62111f",
        "0008_vault.sql":
            "59aa22fafda9618a86faf5db068d0ab6016f4eaccdd7dada5f8a88bbc872841c",
        "0009_worker_runs.sql":
            "da67c4ea582b387d55f5fba5a6aaec9e5fe41bad452f3594df50a279d72e63e5",
        "0010_service_key_names.sql":
            "80daf044912439350d0ef3c46803412d9725fa3cc5744fe60892d6be3e8b93fc",
        "0011_ingest_keys.sql":
            "b8dffb534b51974a72a8cfb83f1754e89d07653d4431cd56621f85c90f6a9b38",
        "0012_intake_role.sql":
            "0801ee159d65b7ace9fc11040788c534c76d0eee0970627f56e3c330af026223",
    ]
}
