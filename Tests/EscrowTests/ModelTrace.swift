import ByteCodecs
import Testing

@testable import Escrow

/// What the model of `Tests/Model` did in one of its worlds, step by step.
struct ModelTrace {
    let number: Int
    let balances: [Int64]
    let steps: [JSONValue]

    static func all() throws -> [ModelTrace] {
        let text = try RepositoryText.read("Tests/Model/traces.json")
        let limits = JSONLimits(depth: 32, values: 1_000_000)
        let traces = try JSONValue.parse(Array(text.utf8), limits: limits).array
        try #require(traces.count > 100)
        return try traces.enumerated().map { place, trace in
            ModelTrace(
                number: place + 1, balances: try trace["balances"].array.map { try $0.number },
                steps: try trace["steps"].array)
        }
    }

    /// What is compared after each step.
    struct Seen: Equatable {
        var rows: [Int: String]
        var accounts: [String]

        /// As the model says it.
        init(_ after: JSONValue) throws {
            rows = [:]
            for row in try after["rows"].array {
                let kind = try #require(Charge.Kind(rawValue: try row["kind"].text))
                let state = try #require(Charge.State.Name(rawValue: try row["state"].text))
                rows[Int(try row["uid"].number)] = Self.words(
                    kind, state, sequence: state == .signed ? try row["seq"].number : nil,
                    isFenced: try row["fenced"].flag)
            }
            accounts = try after["accounts"].array.map {
                Self.words(
                    balance: try $0["balance"].number, sequence: try $0["seq"].number,
                    isFrozen: try $0["frozen"].flag)
            }
        }

        init(rows: [Int: String], accounts: [String]) {
            self.rows = rows
            self.accounts = accounts
        }

        /// A sequence counts while its operation is signed, and a fence while it has no outcome.
        static func words(
            _ kind: Charge.Kind, _ state: Charge.State.Name, sequence: Int64?, isFenced: Bool
        ) -> String {
            let number = state == .signed ? " \(sequence ?? 0)" : ""
            let fence = isFenced && !state.isFinal ? " fenced" : ""
            return "\(kind.rawValue) \(state.rawValue)\(number)\(fence)"
        }

        static func words(balance: Int64, sequence: Int64, isFrozen: Bool) -> String {
            "\(balance) \(sequence) \(isFrozen)"
        }
    }
}

struct TraceError: Error {}

extension JSONValue {
    subscript(name: String) -> JSONValue {
        if case .object(let object) = self { object[name] ?? .null } else { .null }
    }

    var array: [JSONValue] {
        get throws { if case .array(let values) = self { values } else { throw TraceError() } }
    }

    var number: Int64 {
        get throws { if case .integer(let value) = self { value } else { throw TraceError() } }
    }

    var text: String {
        get throws { if case .string(let value) = self { value } else { throw TraceError() } }
    }

    var flag: Bool {
        get throws { if case .bool(let value) = self { value } else { throw TraceError() } }
    }
}
