import Cryptography
import Storage
import Vault

/// `sluice vault keys`.
enum VaultKeysCommand {
    private static let deadlineMilliseconds: Int64 = 30_000

    static let specification = CommandSpecification(
        "keys", "Say how many keys are left under an older VAULT_KEY.",
        discussion: """
            After a change of VAULT_KEY the manager seals all keys anew, and then writes all of the \
            table. Until both are done who reads the table needs the older key, too.

            Exit status: 0 all is under the newest, 1 some is not yet, 75 the database is away.
            """,
        examples: ["sluice vault keys --json"], options: [.json, .environmentFile]
    ) { arguments in
        guard let configuration = ConfigurationLoader.configuration(arguments) else {
            return .finding
        }
        guard let newest = configuration.vault.sealingKeys.first?.version else {
            Output.error("sluice vault keys: VAULT_KEY is not set")
            return .finding
        }
        return await CommandDatabase.run(
            "sluice vault keys", arguments, deadlineMilliseconds: deadlineMilliseconds
        ) { database throws(StorageError) in
            let standing = try await database.vaultSealing()
            let left = standing.left(under: newest)
            VaultReport(standing, newest: newest).print(json: arguments.has(.json))
            return left == 0 && standing.table == newest ? .done : .finding
        }
    }
}
