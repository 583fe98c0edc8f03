import ByteCodecs
import Determinism
import Identifiers
import Intake

/// `sluice intake quarantine list`.
struct QuarantineReport {
    let messages: [QuarantinedMessage]
    /// Of all that was asked for, shown or not.
    let counts: [QuarantineCount]

    /// A line for each message, and one for each code.
    var lines: [String] {
        guard !counts.isEmpty else { return ["Nothing is in the quarantine."] }
        let all = counts.map(\.count).reduce(0, +)
        return messages.map { message in
            let replayed = message.replayedAt.map { "  replayed \($0.rfc3339)" } ?? ""
            return
                "\(message.id)  \(message.receivedAt.rfc3339)  \(message.detail ?? message.code)  "
                + "\(message.raw.count)\(message.isCut ? "+" : "") bytes  from "
                + Self.shown(message.source.utf8) + replayed
        } + ["\(messages.count) of \(all) shown:"] + counts.map { "  \($0.count)  \($0.code)" }
    }

    var json: String {
        let value: JSONValue = [
            "counts": .object(
                JSONObject(counts.map { ($0.code, .integer(Int64($0.count))) })),
            "messages": .array(messages.map(Self.value)),
        ]
        return String(decoding: value.serialized(), as: UTF8.self)
    }

    private static func value(_ message: QuarantinedMessage) -> JSONValue {
        [
            "id": .string(message.id.description),
            "receivedAt": .string(message.receivedAt.rfc3339),
            "source": .string(message.source), "code": .string(message.code),
            "detail": message.detail.map { .string($0) } ?? .null,
            "raw": .string(shown(message.raw)), "cut": .bool(message.isCut),
            "replayedAt": message.replayedAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }

    /// Whoever sent it: as text that does nothing to a terminal, other bytes as `\xHH`.
    static func shown(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            guard (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\\") else {
                return "\\x" + Hex.encode([byte])
            }
            return String(UnicodeScalar(byte))
        }.joined()
    }
}

/// `sluice intake quarantine replay`.
struct ReplayReport {
    let outcome: ReplayOutcome

    var lines: [String] {
        var lines = [
            "tried \(outcome.tried): \(outcome.stored) stored, \(outcome.duplicates) had come by "
                + "another way"
        ]
        if outcome.putAsideAgain > 0 {
            lines.append("  \(outcome.putAsideAgain)  put aside again: the database refuses them")
        }
        return lines + refused.map { "  \($0.count)  \($0.code): stay" }
    }

    var json: String { String(decoding: outcome.details.serialized(), as: UTF8.self) }

    private var refused: [(code: String, count: Int)] {
        outcome.refused.sorted { $0.key < $1.key }.map { (code: $0.key, count: $0.value) }
    }
}
