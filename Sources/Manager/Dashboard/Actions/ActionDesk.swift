import Audit
import Billing
import ByteCodecs
import Determinism
import Escrow
import Identifiers
import Intake
import Storage

/// Does what operators confirm, and has it on record under their names.
struct ActionDesk: Sendable {
    private let database: Database
    private let surroundings: Surroundings
    private let tasks: [String]
    private let approvals: Approvals
    private let suspensions: ServiceSuspensions
    private let replay: AuditedReplay

    init(
        database: Database, surroundings: Surroundings, tasks: [String], approvals: Approvals,
        replay: AuditedReplay
    ) {
        self.database = database
        self.surroundings = surroundings
        self.tasks = tasks
        self.approvals = approvals
        self.replay = replay
        suspensions = ServiceSuspensions(database: database, surroundings: surroundings)
    }

    /// - Parameters:
    ///   - person: the operator.
    ///   - once: sent again with the same, it is done once.
    func perform(
        _ action: AdminAction, _ fields: FormFields, by person: String, once: SQLUUID
    ) async -> ActionOutcome {
        if let field = action.fields.first(where: { fields[$0.name] == nil }) {
            return .missing(field.name)
        }
        do throws(StorageError) {
            switch action {
            case .runTask: return try await runTask(fields["task"] ?? "", by: person)
            case .retryCharge: return try await retry(fields["charge"] ?? "", by: person)
            case .replayQuarantine:
                return try await replayQuarantine(fields["code"] ?? "", by: person)
            case .acceptBreak, .refund, .grantCredit, .voidInvoice:
                switch Deed.parse(action, fields) {
                case .success(let deed): return try await approvals.ask(deed, once, by: person)
                case .failure(let refusal): return refusal.outcome
                }
            case .suspendService:
                return try await suspensions.perform(.suspend, fields, by: person)
            case .liftSuspension:
                return try await suspensions.perform(.lift, fields, by: person)
            case .approve, .refuse:
                guard let id = UUIDv7(fields["approval"] ?? "") else {
                    return .invalid("approval", "a request's number")
                }
                return action == .approve
                    ? try await approvals.approve(SQLUUID(bytes: id.bytes), by: person)
                    : try await approvals.refuse(SQLUUID(bytes: id.bytes), by: person)
            }
        } catch {
            return .unavailable
        }
    }

    private func runTask(
        _ name: String, by person: String
    ) async throws(StorageError) -> ActionOutcome {
        guard tasks.contains(name) else {
            return .invalid("task", "one of \(tasks.joined(separator: ", "))")
        }
        let now = surroundings.now()
        let record = AuditRecord(
            action: .taskRunAsked, outcome: .success,
            details: ["task": .string(name), "operator": .string(person)])
        try await database.transaction { transaction throws(StorageError) in
            try await transaction.askForRun(of: name, by: person, at: now)
            try await transaction.execute(record.insertion(at: now))
        }
        return .done("\(name) will be run by the leading manager.")
    }

    private func retry(
        _ text: String, by person: String
    ) async throws(StorageError) -> ActionOutcome {
        guard let id = ChargeID(text) else { return .invalid("charge", "a charge's id") }
        let now = surroundings.now()
        let record = AuditRecord(
            action: .chargeRetryAsked, outcome: .success,
            details: ["charge": .string("\(id)"), "operator": .string(person)])
        let isAsked = try await database.transaction { transaction throws(StorageError) in
            guard try await transaction.askForRetry(of: id, by: person, at: now) else {
                return false
            }
            try await transaction.execute(record.insertion(at: now))
            return true
        }
        guard isAsked else {
            return .refused(
                code: "not_under_way", "No such operation is signed and without an outcome.")
        }
        return .done("The engine asks for it again.")
    }

    /// - Parameter code: `all` for whatever the reason was.
    private func replayQuarantine(
        _ code: String, by person: String
    ) async throws(StorageError) -> ActionOutcome {
        guard (1...64).contains(code.utf8.count),
            code.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
        else { return .invalid("code", "a reason as the page lists them, or all") }
        let filter = QuarantineFilter(code: code == "all" ? nil : code)
        let outcome = try await replay.run(filter, by: .string(person))
        return .done(Self.words(outcome))
    }

    private static func words(_ outcome: ReplayOutcome) -> String {
        guard outcome.tried > 0 else { return "None of that waits." }
        func said(_ count: Int, _ rest: String) -> String? {
            count > 0 ? "\(PageText.grouped(Int64(count))) \(rest)" : nil
        }
        return [
            said(outcome.tried, "read again:"),
            said(outcome.stored, "counted now,") ?? "none counted now,",
            said(outcome.duplicates, "had come by another way,"),
            said(outcome.putAsideAgain, "put aside anew,"),
            said(outcome.staying, "left") ?? "none left",
        ].compactMap { $0 }.joined(separator: " ") + "."
    }
}
