import Audit
import ByteCodecs
import Cryptography
import Storage

/// `sluice verify audit`.
enum VerifyAuditCommand {
    private static let head = OptionSpecification.value(
        "--head", "P:H",
        "A head exported earlier, as the log shows it; the chain must go through it, and through "
            + "the one in SLUICE_AUDIT_HEAD_FILE.")
    private static let publicKeys = OptionSpecification.value(
        "--public-key", "LIST",
        "Keys that sealed the log, as hex between commas (default: of SLUICE_AUDIT_KEY_FILE).")

    static let specification = CommandSpecification(
        "audit", "Compare the audit log with its seals.",
        discussion: """
            Finds rows that were edited, removed or inserted. That the newest seals were cut off \
            shows only against a head that was kept outside the database: in the gateway's file, \
            which is read where it is configured, or given here.

            Notices are no findings and change no exit status: rows that came minutes late, or \
            whose dates contradict each other. Somebody should look at them.
            """,
        examples: ["sluice verify audit --head 1200:9f86d081884c7d65…"],
        options: [head, publicKeys, .json, .environmentFile]
    ) { arguments in
        do throws(UsageError) {
            let exported = try exportedHead(arguments)
            let given = try givenKeys(arguments)
            guard let (database, keys, file) = open(arguments, given) else { return .finding }
            guard let kept = keptHead(file) else { return .finding }
            let heads = [exported, kept].compactMap { $0 }
            return await CommandDatabase.run("sluice verify audit", on: database) {
                database throws(StorageError) in
                try await verify(database, keys, through: heads, json: arguments.has(.json))
            }
        } catch {
            return error.report("sluice verify audit")
        }
    }

    private static func exportedHead(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> AuditHead? {
        guard let text = arguments.value(head) else { return nil }
        guard let exported = AuditHead(text) else {
            throw .invalidValue(
                option: head.name, value: text, expected: "position:hash, the hash 64 hex digits")
        }
        return exported
    }

    private static func givenKeys(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> [[UInt8]]? {
        guard let text = arguments.value(publicKeys) else { return nil }
        let keys = text.split(separator: ",").map { try? Hex.decode($0) }
        let whole = keys.compactMap { $0?.count == 32 ? $0 : nil }
        guard whole.count == keys.count, !keys.isEmpty else {
            throw .invalidValue(
                option: publicKeys.name, value: text, expected: "keys of 64 hex digits")
        }
        return whole
    }

    /// - Returns: nil when the configuration was refused and the user was told why.
    private static func open(
        _ arguments: ParsedArguments, _ given: [[UInt8]]?
    ) -> (Database, [[UInt8]], AuditHeadFile?)? {
        do throws(ConfigurationRefusal) {
            var reader = ConfigurationReader(try ConfigurationLoader.source(arguments))
            let settings = DatabaseSettings(&reader)
            let secrets = given == nil ? SecretSettings(&reader) : nil
            let file =
                given == nil
                ? secrets?.auditHeadFile
                : SecretSettings.auditHeadFile(&reader, keyFile: reader.text(.auditKeyFile))
            let keys = given ?? secrets.map { [$0.auditKey.publicKey] }
            guard let settings, let keys else {
                throw ConfigurationRefusal(problems: reader.problems)
            }
            let database = try CommandDatabase.open(settings, deadlineMilliseconds: 60_000)
            return (database, keys, file)
        } catch {
            ConfigurationLoader.report(error)
            return nil
        }
    }

    /// - Returns: nil when the file cannot be read and the user was told; nil inside when there is
    ///   none.
    private static func keptHead(_ file: AuditHeadFile?) -> AuditHead?? {
        do throws(AuditHeadFileError) {
            return .some(try file?.head())
        } catch {
            Output.error("sluice verify audit: \(file?.path ?? "the head file"): \(error)")
            return nil
        }
    }

    private static func verify(
        _ database: Database, _ keys: [[UInt8]], through heads: [AuditHead], json: Bool
    ) async throws(StorageError) -> ExitStatus {
        let verifier = AuditVerifier(database: database, publicKeys: keys)
        let report = try await verifier.verify(through: heads)
        let display = AuditReportText(report: report, heads: heads)
        for line in json ? [display.json] : display.lines { Output.line(line) }
        return report.isClean ? .done : .finding
    }
}
