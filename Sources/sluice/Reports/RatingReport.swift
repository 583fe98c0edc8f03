import Billing
import ByteCodecs
import Identifiers

/// What rating an invoice again came to.
struct RatingReport: Sendable {
    let invoice: StoredInvoice
    let differences: [RatingDifference]

    var text: [String] {
        guard !differences.isEmpty else {
            return ["invoice \(invoice.id): rated again, \(invoice.total) micro-USDC as before"]
        }
        return ["invoice \(invoice.id): \(differences.count) differences"]
            + differences.map { "  \($0.words)" }
    }

    /// One object on one line.
    var json: String {
        let value: JSONValue = [
            "id": .string(invoice.id.description), "total": .string(invoice.total.description),
            "same": .bool(differences.isEmpty),
            "differences": .array(differences.map { .string($0.words) }),
        ]
        return String(decoding: value.serialized(), as: UTF8.self)
    }
}

extension RatingDifference {
    fileprivate var words: String {
        switch self {
        case .amount(let line, let recorded, let rated):
            "line \(line): recorded \(recorded), rated \(rated)"
        case .notRated(let line, let error): "line \(line): cannot be rated (\(error))"
        case .usageMissing(let line, let hour, let invoiced, let stored):
            "line \(line), \(hour): \(invoiced) requests invoiced, \(stored) stored"
        case .usageTwice(let line, let hour): "line \(line), \(hour): requests stand there twice"
        case .total(let recorded, let rated): "total: recorded \(recorded), rated \(rated)"
        }
    }
}
