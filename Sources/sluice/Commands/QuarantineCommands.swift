import Authentication
import Determinism
import Identifiers
import Intake
import Storage

/// `sluice intake quarantine …`.
enum QuarantineCommands {
    static let specification = CommandSpecification(
        group: "quarantine", "See what came and was no line that counts; try it again.",
        subcommands: [list, replay])

    private static let code = OptionSpecification.value(
        "--code", "CODE", "Only what was refused for this reason, as api_key_unknown.")
    private static let since = OptionSpecification.value(
        "--since", "TIME", "Only what was received then or later: RFC 3339 in UTC.")
    private static let id = OptionSpecification.value("--id", "ID", "Only this message.")
    private static let all = OptionSpecification.flag(
        "--all", "Also what was taken by a replay since.")
    private static let limit = OptionSpecification.value(
        "--limit", "N", "How many to show: 1 to 1000, the newest (default 50).")

    private static let list = CommandSpecification(
        "list", "List what waits in the quarantine.",
        discussion: """
            With --json the bytes that came are shown too, those that are not printable as \\xHH. \
            Of a flood only samples are kept; the intake's metrics count all of it.

            Exit status: 0 listed, 75 the database is away.
            """,
        examples: [
            "sluice intake quarantine list",
            "sluice intake quarantine list --code api_key_unknown --json",
        ],
        options: [code, since, id, all, limit, .json, .environmentFile]
    ) { arguments in
        do throws(UsageError) {
            var filter = try filter(arguments)
            filter.includesReplayed = arguments.has(all)
            let count = try count(arguments)
            return await CommandDatabase.run("sluice intake quarantine list", arguments) {
                [filter] database throws(StorageError) in
                let report = QuarantineReport(
                    messages: try await database.quarantined(filter, limit: count),
                    counts: try await database.quarantineCounts(filter))
                for line in arguments.has(.json) ? [report.json] : report.lines {
                    Output.line(line)
                }
                return .done
            }
        } catch {
            return error.report("sluice intake quarantine list")
        }
    }

    private static let replay = CommandSpecification(
        "replay", "Try again what waits: by the keys and the horizon of today.",
        discussion: """
            What passes now is stored as any line is, once for ever, and is metered and billed; \
            ended half-way, the command is safe to run again. What was cut, or sent by an edge \
            under another's name, stays. The audit log has who asked, and what came of it.

            Exit status: 0 nothing that was tried stays, 1 something stays, 75 the database is away.
            """,
        examples: [
            "sluice intake quarantine replay --code api_key_unknown",
            "sluice intake quarantine replay --since 2026-11-21T09:00:00Z --json",
        ],
        options: [code, since, id, .json, .environmentFile]
    ) { arguments in
        do throws(UsageError) {
            return await replay(try filter(arguments), arguments)
        } catch {
            return error.report("sluice intake quarantine replay")
        }
    }

    private static func replay(
        _ filter: QuarantineFilter, _ arguments: ParsedArguments
    ) async -> ExitStatus {
        guard let settings = ConfigurationLoader.database(arguments) else { return .finding }
        let replay: AuditedReplay
        let database: Database
        do throws(ConfigurationRefusal) {
            database = try CommandDatabase.open(settings)
            replay = try ReplayParts.replay(settings, database)
        } catch {
            ConfigurationLoader.report(error)
            return .finding
        }
        return await CommandDatabase.run("sluice intake quarantine replay", on: database) {
            _ throws(StorageError) in
            let outcome = try await replay.run(filter, by: Operator.current.details)
            let report = ReplayReport(outcome: outcome)
            for line in arguments.has(.json) ? [report.json] : report.lines { Output.line(line) }
            return outcome.isComplete ? .done : .finding
        }
    }

    private static func filter(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> QuarantineFilter {
        var filter = QuarantineFilter(code: arguments.value(code))
        if let text = arguments.value(since) {
            guard let moment = Timestamp(rfc3339: text) else {
                throw .invalidValue(
                    option: since.name, value: text, expected: "a time like 2026-11-21T09:00:00Z")
            }
            filter.since = moment
        }
        if let text = arguments.value(id) {
            guard let wanted = UUIDv7(text) else {
                throw .invalidValue(option: id.name, value: text, expected: "a message's id")
            }
            filter.id = wanted
        }
        return filter
    }

    private static func count(_ arguments: ParsedArguments) throws(UsageError) -> Int {
        guard let text = arguments.value(limit) else { return 50 }
        guard let count = Int(text), String(count) == text, (1...1000).contains(count) else {
            throw .invalidValue(
                option: limit.name, value: text, expected: "a whole number from 1 to 1000")
        }
        return count
    }
}
