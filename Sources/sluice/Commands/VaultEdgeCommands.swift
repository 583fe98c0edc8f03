import Audit
import Authentication
import ByteCodecs
import Determinism
import Storage
import Vault

/// `sluice vault edges …`.
enum VaultEdgeCommands {
    /// An edge reports every ten seconds; one that did of late is in service.
    private static let silenceMilliseconds: Int64 = 60_000

    static let specification = CommandSpecification(
        group: "edges", "See which edge has which vault; forget one that is out of service.",
        subcommands: [list, forget])

    private static let list = CommandSpecification(
        "list", "List all edges that reported, with what each has applied.",
        examples: ["sluice vault edges list --json"], options: [.json, .environmentFile]
    ) { arguments in
        await CommandDatabase.run("sluice vault edges list", arguments) {
            database throws(StorageError) in
            let edges = try await database.vaultEdges()
            for edge in edges {
                Output.line(arguments.has(.json) ? json(edge) : text(edge))
            }
            if edges.isEmpty, !arguments.has(.json) { Output.line("No edge has reported.") }
            return .done
        }
    }

    private static let forget = CommandSpecification(
        "forget", "Wait no longer for an edge that is out of service.",
        discussion: """
            Neither the dashboard nor a revocation with '?wait' counts it any more. First end the \
            intake beside it: an edge that reported within the last minute is in service, and one \
            that reports later is there again. Who did it is on record.

            Exit status: 0 forgotten, 1 there is no such edge or it is in service, 75 the database \
            is away.
            """,
        examples: ["sluice vault edges forget edge-3"], operand: "EDGE",
        options: [.environmentFile]
    ) { arguments in
        let command = "sluice vault edges forget"
        let edge = arguments.operand ?? ""
        return await CommandDatabase.run(command, arguments) { database throws(StorageError) in
            let now = Surroundings.live.now()
            if try await isForgotten(edge, in: database, at: now) {
                Output.line("\(edge) is waited for no more")
                return .done
            }
            let isKnown = try await database.vaultEdges().contains { $0.edge == edge }
            Output.error(
                "\(command): "
                    + (isKnown
                        ? "\(edge) has reported within the last minute: end its intake first"
                        : "no edge of that name has reported"))
            return .finding
        }
    }

    private static func isForgotten(
        _ edge: String, in database: Database, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await database.transaction { transaction throws(StorageError) in
            let forgotten = try await transaction.forgetVaultEdge(
                edge, silentMilliseconds: silenceMilliseconds)
            guard let forgotten else { return false }
            let record = AuditRecord(
                action: .vaultEdgeForgotten, outcome: .success,
                details: [
                    "edge": .string(edge), "version": .integer(forgotten.version),
                    "reportedAt": .string(forgotten.reportedAt.rfc3339),
                    "operator": Operator.current.details,
                ])
            try await transaction.execute(record.insertion(at: now))
            return true
        }
    }

    private static func text(_ edge: VaultEdgeRow) -> String {
        let reason = edge.error.map { " \($0)" } ?? ""
        return "\(edge.edge)  version \(edge.version)  \(edge.standing)\(reason)  "
            + "reported \(edge.reportedAt.rfc3339)"
    }

    private static func json(_ edge: VaultEdgeRow) -> String {
        let value: JSONValue = [
            "edge": .string(edge.edge), "version": .integer(edge.version),
            "standing": .string(edge.standing), "error": edge.error.map { .string($0) } ?? .null,
            "reportedAt": .string(edge.reportedAt.rfc3339),
        ]
        return String(decoding: value.serialized(), as: UTF8.self)
    }
}
