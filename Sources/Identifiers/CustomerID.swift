public import Determinism

/// Who pays: a random number, 1…2³²−1, so that it fits a HAProxy map, a token and a log line.
///
/// Random, not counted, so that an id tells nothing about how many customers there are.
public struct CustomerID: Hashable, Sendable, CustomStringConvertible {
    public let number: Int64

    /// Nil outside 1…2³²−1.
    public init?(_ number: Int64) {
        guard number >= 1, number <= Int64(UInt32.max) else { return nil }
        self.number = number
    }

    /// A candidate; whoever stores it tries another when it is taken.
    public static func random(from surroundings: Surroundings) -> CustomerID {
        while true {
            let number = surroundings.randomBytes(4).reduce(Int64(0)) { $0 << 8 | Int64($1) }
            if let id = CustomerID(number) { return id }
        }
    }

    public var description: String { String(number) }
}
