/// Names and heads of the files that make a vault.
public enum VaultFiles {
    public static let map = "api_keys.map"
    /// Keys that changed of late; HAProxy looks there first.
    public static let changes = "changes.map"
    public static let table = "ma_vault.csv"
    public static let manifest = "manifest.json"

    public static let tableHeader = "customer_id,encrypted_key,rate_limit,tier,service_type\n"
}
