import Billing
import ByteCodecs
import Determinism
import Identifiers
import Services
import Storage

/// An invoice with all that it rests on.
struct InvoiceStory: Sendable {
    /// A line, and some of the requests behind it.
    struct Line: Sendable {
        let stored: StoredLine
        let sample: [SampleRequest]
    }

    let invoice: StoredInvoice
    let lines: [Line]

    /// - Returns: nil where there is no such invoice.
    init?(
        _ id: InvoiceID, sample count: Int, from invoices: Invoices
    ) async throws(StorageError) {
        guard let invoice = try await invoices.find(id) else { return nil }
        self.invoice = invoice
        var lines: [Line] = []
        for stored in try await invoices.lines(of: id) {
            var sample: [SampleRequest] = []
            for part in stored.line.use?.parts ?? [] where sample.count < count {
                guard let group = stored.line.use?.group else { break }
                sample += try await invoices.sample(
                    of: invoice, group, in: part.hour, limit: count - sample.count)
            }
            lines.append(Line(stored: stored, sample: sample))
        }
        self.lines = lines
    }

    // MARK: - For people

    var text: [String] {
        var text = [
            "invoice \(invoice.id): \(invoice.state.name), \(invoice.total) micro-USDC",
            "  customer \(invoice.customer), \(invoice.reason.rawValue), prices "
                + "\(invoice.priceVersion), closed \(invoice.closedAt?.rfc3339 ?? "not yet")",
        ]
        if let charge = invoice.charge {
            text.append(
                "  charge \(charge.id): \(charge.state)"
                    + (charge.digest.map { ", digest \($0)" } ?? "")
                    + (charge.checkpoint.map { ", checkpoint \($0)" } ?? ""))
        } else {
            text.append("  no charge")
        }
        for line in lines { text += Self.text(line) }
        return text
    }

    private static func text(_ line: Line) -> [String] {
        let stored = line.stored
        var text = ["  line \(stored.number): \(stored.line.amount) \(stored.line.words)"]
        for part in stored.line.use?.parts ?? [] {
            text.append(
                "    \(part.hour): \(part.through - part.from) requests "
                    + "(\(part.from + 1) to \(part.through) of the hour)")
        }
        for request in line.sample {
            text.append(
                "      \(request.at.rfc3339) \(request.edge) \(request.line) "
                    + "\(request.method ?? "-") \(request.status.map(String.init) ?? "-")")
        }
        return text
    }

    // MARK: - For tools

    /// One object on one line.
    var json: String {
        let charge: JSONValue =
            invoice.charge.map { charge in
                [
                    "id": .string(charge.id.description), "state": .string(charge.state),
                    "digest": charge.digest.map { .string($0) } ?? .null,
                    "checkpoint": charge.checkpoint.map { .integer($0) } ?? .null,
                ]
            } ?? .null
        let value: JSONValue = [
            "id": .string(invoice.id.description), "state": .string(invoice.state.name),
            "reason": .string(invoice.reason.rawValue),
            "customerId": .integer(invoice.customer.number),
            "total": .string(invoice.total.description),
            "priceVersion": .integer(invoice.priceVersion),
            "closedAt": invoice.closedAt.map { .string($0.rfc3339) } ?? .null,
            "endedAt": invoice.endedAt.map { .string($0.rfc3339) } ?? .null,
            "charge": charge, "lines": .array(lines.map(Self.json)),
        ]
        return String(decoding: value.serialized(), as: UTF8.self)
    }

    private static func json(_ line: Line) -> JSONValue {
        let use = line.stored.line.use
        let hours = (use?.parts ?? []).map { part -> JSONValue in
            [
                "hour": .string(part.hour.description), "from": .integer(part.from),
                "through": .integer(part.through),
            ]
        }
        let sample = line.sample.map { request -> JSONValue in
            [
                "at": .string(request.at.rfc3339), "edge": .string(request.edge),
                "id": .string(request.line), "method": request.method.map { .string($0) } ?? .null,
                "status": request.status.map { .integer($0) } ?? .null,
            ]
        }
        return [
            "line": .integer(line.stored.number), "kind": .string(line.stored.line.kind.rawValue),
            "amount": .string(line.stored.line.amount.description),
            "service": use.map { .string($0.group.service.rawValue) } ?? .null,
            "tier": use.map { .string($0.group.tier.rawValue) } ?? .null,
            "words": .string(line.stored.line.words), "hours": .array(hours),
            "sample": .array(sample),
        ]
    }
}

extension InvoiceLine {
    /// The requests on it; nil for a line of another kind.
    var use: UsageCharge? {
        switch basis {
        case .usage(let charge), .lateUsage(let charge): charge
        case .baseFee, .baseFeeReturned, .credit: nil
        }
    }

    /// What it is for.
    var words: String {
        switch basis {
        case .usage(let charge): "use of \(Self.words(charge))"
        case .lateUsage(let charge): "adjustment for late use of \(Self.words(charge))"
        case .baseFee(let charge): "fee of \(Self.words(charge))"
        case .baseFeeReturned(let charge): "returned fee of \(Self.words(charge))"
        case .credit(let id): "credit \(id)"
        }
    }

    private static func words(_ charge: UsageCharge) -> String {
        let group = charge.group
        let count = (try? charge.count()) ?? 0
        return "\(group.service.rawValue) \(group.tier.rawValue) in \(group.month): \(count) "
            + "requests after \(charge.before) others, prices \(group.priceVersion)"
    }

    private static func words(_ charge: BaseFeeCharge) -> String {
        let days = charge.days.days
        return "\(charge.service.rawValue) \(charge.configuration.tier.rawValue) for "
            + "\(charge.days.month), days \(days.lowerBound + 1) to \(days.upperBound), prices "
            + "\(charge.priceVersion)"
    }
}
