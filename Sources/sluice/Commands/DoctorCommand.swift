import ByteCodecs

/// `sluice doctor`.
enum DoctorCommand {
    static let specification = CommandSpecification(
        "doctor", "Look for what would keep a gateway from working.",
        discussion: """
            Checks configuration, database, schema, keys, clock, nodes and limits. Changes nothing. \
            Exit status 1 when a part failed.
            """,
        options: [.json, .environmentFile]
    ) { arguments in
        let found = await examine(arguments)
        if arguments.has(.json) { showJSON(found) } else { show(found) }
        return found.contains { $0.state == .failed } ? .finding : .done
    }

    private static func examine(_ arguments: ParsedArguments) async -> [Examination] {
        do throws(ConfigurationRefusal) {
            let configuration = try Configuration(ConfigurationLoader.source(arguments))
            let warnings = configuration.warnings.map { Examination.warning("configuration", $0) }
            let whole = Examination.fine("configuration", configuration.deployment.rawValue)
            let database = await DatabaseExamination.run(configuration)
            let nodes = await NodeExamination.run(configuration.node)
            return [whole] + warnings + database + nodes + [LimitExamination.run()]
        } catch {
            let problems = error.problems.map {
                Examination.failed("configuration", $0.description)
            }
            let rest = ["database", "schema", "signing keys", "clock", "node"].map {
                Examination.skipped($0, "needs the configuration")
            }
            return problems + rest + [LimitExamination.run()]
        }
    }

    private static func show(_ found: [Examination]) {
        let width = found.map(\.part.count).max() ?? 0
        for part in found {
            let state = part.state.rawValue
            let gaps = (
                String(repeating: " ", count: 9 - state.count),
                String(repeating: " ", count: width + 2 - part.part.count)
            )
            Output.line(state + gaps.0 + part.part + gaps.1 + part.detail)
        }
    }

    private static func showJSON(_ found: [Examination]) {
        let parts = found.map { part -> JSONValue in
            [
                "part": .string(part.part), "state": .string(part.state.rawValue),
                "detail": .string(part.detail),
            ]
        }
        let isHealthy = !found.contains { $0.state == .failed }
        let value: JSONValue = ["healthy": .bool(isHealthy), "parts": .array(parts)]
        Output.line(String(decoding: value.serialized(), as: UTF8.self))
    }
}
