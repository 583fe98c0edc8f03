import ByteCodecs

/// What is to be said of a signature.
enum Verdict: Equatable, Sendable {
    case valid(scheme: String, address: String)
    /// Reasons are stable; those of signatures are `SuiSignatureError`'s.
    case invalid(reason: String)
    /// Only a node can tell, and none was heard: nothing is known.
    case unavailable

    static let unavailableReason = "verifier_unavailable"

    private var reason: JSONValue {
        switch self {
        case .valid: .null
        case .invalid(let reason): .string(reason)
        case .unavailable: .string(Self.unavailableReason)
        }
    }

    private var isValid: Bool {
        if case .valid = self { true } else { false }
    }

    /// The answer to a single question.
    var json: JSONValue {
        switch self {
        case .valid(let scheme, let address):
            ["valid": true, "scheme": .string(scheme), "address": .string(address)]
        case .invalid, .unavailable: ["valid": false, "reason": reason]
        }
    }

    /// The answer to one line of many.
    func json(id: JSONValue) -> JSONValue {
        ["id": id, "valid": .bool(isValid), "reason": reason]
    }

    var exitStatus: ExitStatus {
        switch self {
        case .valid: .done
        case .invalid: .finding
        case .unavailable: .tryAgain
        }
    }
}

extension ExitStatus {
    /// Of several: a finding counts more than what could not be found out.
    func worse(_ other: ExitStatus) -> ExitStatus {
        let order: [ExitStatus] = [.done, .tryAgain, .finding, .usage]
        let left = order.firstIndex(of: self) ?? 0
        let right = order.firstIndex(of: other) ?? 0
        return order[max(left, right)]
    }
}
