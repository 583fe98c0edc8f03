import Audit
import Authentication
import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage
import Vault

/// `sluice vault …`.
enum VaultCommands {
    static let specification = CommandSpecification(
        group: "vault", "Write, check and install what HAProxy knows of API keys.",
        subcommands: [
            write, rollback, verify, diff, install, key, VaultKeysCommand.specification,
            VaultEdgeCommands.specification,
        ])

    private static let outcomes = """
        Exit status: 0 done, 1 refused, with the reason, 75 the database is away.
        """

    // MARK: - Where it is written

    private static let all = OptionSpecification.flag(
        "--all", "Write all keys, also where only few have changed.")

    private static let write = CommandSpecification(
        "write", "Write what has changed, as a new version.",
        discussion: """
            The manager does this by itself several times a second. By hand it ends a rollback: \
            keys are no longer held to an older version.

            \(outcomes)
            """,
        examples: ["sluice vault write --json"], options: [all, .json, .environmentFile]
    ) { arguments in
        let anew = arguments.has(all)
        return await writing("write", .vaultWritten, [:], arguments) {
            publisher, commit async throws(VaultError) in
            var outcome = try await publisher.run(anew: anew, releasing: true, as: commit)
            while outcome.isSealing {
                let next = try await publisher.run(as: commit)
                outcome = outcome.followed(by: next)
            }
            return outcome
        }
    }

    private static let to = OptionSpecification.required(
        "--to", "VERSION", "Whose content is to be in force again.")

    private static let rollback = CommandSpecification(
        "rollback", "Put an older version's content in force again, as a new version.",
        discussion: """
            A key that was revoked or deleted, has expired or is of a suspended customer since \
            stays so: it gets no more than either version gives it. Later changes are followed in \
            the same way, until 'sluice vault write'.

            \(outcomes)
            """,
        examples: ["sluice vault rollback --to 41"], options: [to, .json, .environmentFile]
    ) { arguments in
        guard let version = Int64(arguments.value(to) ?? ""), version > 0 else {
            return UsageError.invalidValue(
                option: to.name, value: arguments.value(to) ?? "", expected: "a version's number"
            ).report("sluice vault rollback")
        }
        return await writing(
            "rollback", .vaultRolledBack, ["to": .integer(version)], arguments
        ) { publisher, commit async throws(VaultError) in
            try await publisher.rollBack(to: version, as: commit)
        }
    }

    private static let key = CommandSpecification(
        "key", "Print the public key that edges check vaults with.",
        examples: ["sluice vault key"], options: [.environmentFile]
    ) { arguments in
        guard let configuration = ConfigurationLoader.configuration(arguments) else {
            return .finding
        }
        guard let file = configuration.vault.keyFile else {
            Output.error("sluice vault key: SLUICE_VAULT_KEY_FILE is not set")
            return .finding
        }
        do throws(ConfigurationRefusal) {
            Output.line(Hex.encode(try VaultSigningKey.load(file).publicKey))
            return .done
        } catch {
            ConfigurationLoader.report(error)
            return .finding
        }
    }

    private static func record(
        _ action: AuditAction, _ act: AuditAction, _ details: JSONObject
    ) -> SQL {
        var known = details
        known["operator"] = Operator.current.details
        if action != act { known["what"] = .string(act.rawValue) }
        return AuditRecord(action: action, outcome: .success, details: .object(known))
            .insertion(at: Surroundings.live.now())
    }

    /// - Parameter act: on record once it is done; that it was asked for, and by whom, before.
    private static func writing(
        _ name: String, _ act: AuditAction, _ details: JSONObject, _ arguments: ParsedArguments,
        _ body: (VaultPublisher, VaultPublisher.Commit) async throws(VaultError) -> VaultOutcome
    ) async -> ExitStatus {
        guard let configuration = ConfigurationLoader.configuration(arguments) else {
            return .finding
        }
        do {
            let database = try Database(
                DatabaseConfiguration(
                    url: configuration.database.url.text, poolSize: 2,
                    preparesStatements: configuration.database.preparesStatements),
                logger: .disabled, metrics: MetricsRegistry())
            guard
                let parts = try VaultParts(
                    configuration, database: database, logger: .disabled,
                    metrics: MetricsRegistry())
            else {
                Output.error("sluice vault \(name): SLUICE_VAULT_DIRECTORY is not set")
                return .finding
            }
            defer { parts.close() }
            guard let publisher = try await parts.publisher() else {
                Output.error("sluice vault \(name): no prices are in force yet, so no rates are")
                return .finding
            }
            try await database.execute(record(.vaultChangeAsked, act, details))
            let outcome = try await body(publisher, parts.commit)
            try await database.execute(record(act, act, details))
            VaultReport(outcome).print(json: arguments.has(.json))
            return .done
        } catch let refusal as ConfigurationRefusal {
            ConfigurationLoader.report(refusal)
            return .finding
        } catch VaultError.storage(let error) {
            Output.error("sluice vault \(name): \(error)")
            return .tryAgain
        } catch VaultError.deposed {
            Output.error("sluice vault \(name): \(VaultError.deposed)")
            return .tryAgain
        } catch {
            Output.error("sluice vault \(name): \(error)")
            return error is StorageError ? .tryAgain : .finding
        }
    }

    // MARK: - Where it is read

    private static let publicKey = OptionSpecification.required(
        "--public-key", "HEX", "As 'sluice vault key' prints it.")

    private static let verify = CommandSpecification(
        "verify", "Check a vault: signature, time, every file, every line.",
        discussion: """
            FOLDER has the files, or is the folder of all versions, or the link.

            Exit status: 0 it may be used, 1 it may not, with the reason.
            """,
        examples: ["sluice vault verify /var/lib/sluice/vault/current --public-key 3ae1…"],
        operand: "FOLDER", options: [publicKey, .json]
    ) { arguments in
        reading("verify", arguments) { key throws(VaultRefusal) in
            let set = try read(arguments.operand ?? "", key)
            VaultReport(set).print(json: arguments.has(.json))
            return .done
        }
    }

    private static let from = OptionSpecification.required(
        "--from", "FOLDER", "The older vault.")

    private static let diff = CommandSpecification(
        "diff", "Say which keys differ between two vaults.",
        discussion: """
            Keys stand there by their hash. Both vaults are checked first.

            Exit status: 0 none differs, 1 some do, or a vault is refused.
            """,
        examples: ["sluice vault diff --from vault/v41 vault/current --public-key 3ae1…"],
        operand: "FOLDER", options: [from, publicKey, .json]
    ) { arguments in
        reading("diff", arguments) { key throws(VaultRefusal) in
            let old = try read(arguments.value(from) ?? "", key)
            let new = try read(arguments.operand ?? "", key)
            let delta = try VaultDelta(from: old, to: new)
            VaultReport.print(delta, json: arguments.has(.json))
            return delta.isEmpty ? .done : .finding
        }
    }

    private static let link = OptionSpecification.required(
        "--to", "LINK", "The edge's SLUICE_EDGE_VAULT.")

    private static let install = CommandSpecification(
        "install", "Put a vault in force in an edge's files, after checking all of it.",
        discussion: """
            What 'sluice intake' does by itself; by hand it is for the first time, before HAProxy \
            is started. A vault of a lower version, or whose time has passed, is refused.

            Exit status: 0 it is in force, 1 refused, with the reason.
            """,
        examples: [
            "sluice vault install /mnt/vault --to /var/lib/sluice/edge/current --public-key 3ae1…"
        ],
        operand: "FOLDER", options: [link, publicKey, .json]
    ) { arguments in
        reading("install", arguments) { key throws(VaultRefusal) in
            let folder = VaultFolder(current: arguments.value(link) ?? "")
            var installer = try VaultInstaller(
                from: arguments.operand ?? "", to: folder, publicKey: key, .live)
            repeat { _ = try installer.look() } while installer.isBehind
            VaultReport(try read(folder.current, key)).print(json: arguments.has(.json))
            return .done
        }
    }

    private static func read(
        _ path: String, _ key: [UInt8]
    ) throws(VaultRefusal) -> VaultSet {
        let folder = try VaultFolder(path: path).inForce ?? path
        return try VaultSet(readingFrom: folder, publicKey: key, after: nil, .live)
    }

    private static func reading(
        _ name: String, _ arguments: ParsedArguments,
        _ body: ([UInt8]) throws(VaultRefusal) -> ExitStatus
    ) -> ExitStatus {
        let text = arguments.value(publicKey) ?? ""
        guard let key = try? Hex.decode(text), key.count == 32 else {
            return UsageError.invalidValue(
                option: publicKey.name, value: text, expected: "64 hex digits"
            ).report("sluice vault \(name)")
        }
        do throws(VaultRefusal) {
            return try body(key)
        } catch {
            Output.error("sluice vault \(name): \(error.code): \(error)")
            return .finding
        }
    }
}
