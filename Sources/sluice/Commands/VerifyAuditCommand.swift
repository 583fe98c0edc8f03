import Audit
import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage

/// `sluice verify audit`.
enum VerifyAuditCommand {
    private static let head = OptionSpecification.value(
        "--head", "P:H",
        "A head exported earlier, as the log shows it; the chain must go through it.")
    private static let publicKeys = OptionSpecification.value(
        "--public-key", "LIST",
        "Keys that sealed the log, as hex between commas (default: of SLUICE_AUDIT_KEY_FILE).")

    static let specification = CommandSpecification(
        "audit", "Compare the audit log with its seals.",
        discussion: """
            Finds rows that were edited, removed or inserted. Give the newest head that was kept \
            outside the database, or what was sealed after it can be cut off unseen.
            """,
        examples: ["sluice verify audit --head 1200:9f86d081884c7d65…"],
        options: [head, publicKeys, .json, .environmentFile]
    ) { arguments in
        do throws(UsageError) {
            let exported = try exportedHead(arguments)
            let given = try givenKeys(arguments)
            guard let (database, keys) = open(arguments, given) else { return .finding }
            defer { database.close() }
            return await verify(database, keys, upTo: exported, json: arguments.has(.json))
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
    ) -> (Database, [[UInt8]])? {
        do throws(ConfigurationRefusal) {
            var reader = ConfigurationReader(try ConfigurationLoader.source(arguments))
            let settings = DatabaseSettings(&reader)
            let keys = given ?? SecretSettings(&reader).map { [$0.auditKey.publicKey] }
            guard let settings, let keys else {
                throw ConfigurationRefusal(problems: reader.problems)
            }
            let configuration = DatabaseConfiguration(
                url: settings.url.text, poolSize: 1, deadlineMilliseconds: 60_000)
            let database = try? Database(
                configuration, logger: .disabled, metrics: MetricsRegistry())
            guard let database else { throw DatabaseSettings.notUnderstood }
            return (database, keys)
        } catch {
            ConfigurationLoader.report(error)
            return nil
        }
    }

    private static func verify(
        _ database: Database, _ keys: [[UInt8]], upTo exported: AuditHead?, json: Bool
    ) async -> ExitStatus {
        let verifier = AuditVerifier(database: database, publicKeys: keys, surroundings: .live)
        do throws(StorageError) {
            let report = try await verifier.verify(upTo: exported)
            if json { showJSON(report) } else { show(report) }
            return report.isClean ? .done : .finding
        } catch {
            Output.error("sluice verify audit: \(error)")
            return .tryAgain
        }
    }

    private static func show(_ report: AuditReport) {
        Output.line("sealed rows checked: \(report.sealedRows)")
        Output.line("rows not sealed yet: \(report.pendingRows)")
        Output.line("head: \(report.head?.description ?? "none")")
        for finding in report.findings { Output.line("\(finding.kind): \(finding)") }
        let more = report.findingCount - Int64(report.findings.count)
        if more > 0 { Output.line("and \(more) more findings") }
        Output.line(
            report.isClean
                ? "The audit log is as it was sealed." : "Findings: \(report.findingCount).")
    }

    private static func showJSON(_ report: AuditReport) {
        let findings = report.findings.map { finding -> JSONValue in
            ["kind": .string(finding.kind), "detail": .string(finding.description)]
        }
        let value: JSONValue = [
            "valid": .bool(report.isClean), "sealedRows": .integer(report.sealedRows),
            "pendingRows": .integer(report.pendingRows),
            "head": report.head.map { .string($0.description) } ?? .null,
            "findingCount": .integer(report.findingCount), "findings": .array(findings),
        ]
        Output.line(String(decoding: value.serialized(), as: UTF8.self))
    }
}
