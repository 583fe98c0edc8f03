import Determinism
import Escrow
import Identifiers
import SuiProtocol

/// What `sluice charge show` prints for a person; ``json`` is for a program.
struct ChargeStoryText {
    /// What a transaction's words need to know.
    struct Words {
        var escrowPackage: SuiAddress?
        var coins: [KnownCoin] = [.sui, .mainnetUSDC, .testnetUSDC]
    }

    let story: ChargeStory
    let words: Words

    var lines: [String] {
        head + section("asked for by", story.intents.map(Self.line))
            + section("transactions", story.attempts.enumerated().flatMap(lines))
            + section("events on chain", story.events.map(Self.line))
            + section("ledger", story.postings.map(Self.line))
            + section("refunds", story.refunds.map(Self.line))
            + section("open breaks of the account", story.breaks.map(Self.line))
    }

    static func usdc(_ amount: MicroUSDC) -> String {
        let magnitude = KnownCoin.mainnetUSDC.text(amount.units.magnitude)
        return (amount.units < 0 ? "-" : "") + magnitude
    }

    // MARK: - The operation itself

    private var head: [String] {
        let record = story.record
        let facts: [(String, String?)] = [
            ("state", state), ("amount", Self.usdc(record.amount)),
            ("customer", story.customer?.description ?? "not known"),
            ("account", record.account.description),
            ("account frozen", story.freeze?.rawValue),
            ("service", story.service), ("invoice", story.invoice),
            ("description", story.description),
            ("refund of", story.refundOf?.description),
            ("duplicate of", story.duplicateOf?.description),
            ("sequence", story.sequence.map { String($0) }),
            ("planned", story.plannedAt.rfc3339), ("signed", story.signedAt?.rfc3339),
            ("ended", story.endedAt?.rfc3339),
            ("last error", story.lastError),
        ]
        let title = "\(record.charge.kind.rawValue) \(record.id)"
        return [title]
            + facts.compactMap { name, value in
                value.map { "  " + Self.padded(name, 16) + $0 }
            }
    }

    private var state: String {
        let charge = story.record.charge
        let notes = [
            charge.isFenced ? "fenced: only to be cancelled" : nil,
            story.isAdopted ? "written from the chain alone" : nil,
        ].compactMap { $0 }
        let suffix = notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
        return Self.words(for: charge.state) + suffix
    }

    private static func words(for state: Charge.State) -> String {
        switch state {
        case .planned: "planned: nothing is signed yet"
        case .signed: "signed: only an event on chain ends it"
        case .settled(let event): "settled by \(text(event))"
        case .declined(.insufficientBalance, let event):
            "declined for too little balance by \(text(event))"
        case .declined(.spendingLimit, let event):
            "declined for the spending limit by \(text(event))"
        case .abandoned(.withdrawn): "abandoned: withdrawn before it was signed"
        case .abandoned(.accountFrozen): "abandoned: the account was frozen before it was signed"
        case .abandoned(.superseded): "abandoned: its obligation was settled by a lost operation"
        case .abandoned(.cancelled(let event)): "abandoned: cancelled on chain by \(text(event))"
        case .abandoned(.displaced(let event)):
            "abandoned: another operation took its sequence, \(text(event))"
        }
    }

    // MARK: - Its parts

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", title] + lines.map { "  " + $0 }
    }

    private static func line(_ intent: ChargeStory.Intent) -> String {
        "\(intent.at.rfc3339)  \(intent.caller)  \(intent.route)  key \(intent.key)"
    }

    private func lines(_ number: Int, _ attempt: ChargeStory.Attempt) -> [String] {
        let place =
            attempt.operations == 1
            ? "" : ", operation \(attempt.place + 1) of \(attempt.operations)"
        var lines = [
            "\(number + 1). \(attempt.digest)",
            "   \(attempt.purpose)\(place), signed \(attempt.at.rfc3339) by generation "
                + "\(attempt.generation)",
            "   pays with \(attempt.gas.id) at version \(attempt.gas.version), until the end of "
                + "epoch \(attempt.lastEpoch); \(fate(attempt))",
        ]
        if let failure = attempt.failure {
            let command = failure.command.map { " in command \($0)" } ?? ""
            let code = failure.abortCode.map { ", abort code \($0)" } ?? ""
            lines.append("   failed on chain\(command)\(code): \(failure.message)")
        }
        return lines + sentences(attempt).map { "   " + $0 }
    }

    /// Whether an event of the operation came of it.
    func ran(_ attempt: ChargeStory.Attempt) -> Bool {
        story.events.contains { $0.id.transaction == attempt.digest }
    }

    private func fate(_ attempt: ChargeStory.Attempt) -> String {
        if ran(attempt) { return "ran" }
        return attempt.isDead ? "can never run any more" : "may still run"
    }

    /// Those about this operation: its own call, and who runs it.
    func sentences(_ attempt: ChargeStory.Attempt) -> [String] {
        guard let data = try? TransactionData(bcs: attempt.bytes) else {
            return ["the bytes are no transaction"]
        }
        let explained = TransactionExplanation(
            data, escrowPackage: words.escrowPackage, coins: words.coins)
        let calls = data.program.commands.indices.filter { index in
            guard case .moveCall(let call) = data.program.commands[index] else { return false }
            return ["charge", "refund", "cancel"].contains(call.function.description)
        }
        let own = calls.indices.contains(attempt.place) ? calls[attempt.place] : nil
        return explained.frame + (own.map { [explained.commands[$0]] } ?? explained.commands)
            + explained.warnings
    }

    private static func line(_ event: ChargeStory.Event) -> String {
        let parts = [
            event.at.rfc3339, padded(event.name, 10), "checkpoint \(event.checkpoint)",
            event.sequence.map { "sequence \($0)" }, event.amount.map(usdc),
            event.balance.map { "balance \(usdc($0))" }, text(event.id),
            event.isOutcome ? "(the outcome)" : nil,
        ]
        return parts.compactMap { $0 }.joined(separator: "  ")
    }

    private static func line(_ posting: ChargeStory.Posting) -> String {
        "\(posting.at.rfc3339)  \(padded(posting.purpose.rawValue, 10))  "
            + "\(usdc(posting.amount))  \(posting.debit) -> \(posting.credit)"
    }

    private static func line(_ refund: ChargeRecord) -> String {
        "\(refund.id)  \(usdc(refund.amount))  \(words(for: refund.charge.state))"
    }

    private static func line(_ found: Break) -> String {
        "\(found.what.rawValue)  \(text(found.event))"
    }

    static func text(_ event: EventID) -> String { "\(event.transaction):\(event.sequence)" }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
