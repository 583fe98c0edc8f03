import Determinism
import Identifiers
import Services
import Storage

/// The word for a line in tables and answers.
public enum InvoiceLineKind: String, Sendable, Hashable, CaseIterable {
    case usage
    case lateUsage = "late_usage"
    case baseFee = "base_fee"
    case baseFeeReturned = "base_fee_returned"
    case credit
}

extension InvoiceLine {
    public var kind: InvoiceLineKind {
        switch basis {
        case .usage: .usage
        case .lateUsage: .lateUsage
        case .baseFee: .baseFee
        case .baseFeeReturned: .baseFeeReturned
        case .credit: .credit
        }
    }

    /// Of a base fee, charged or returned.
    var fee: BaseFeeCharge? {
        switch basis {
        case .baseFee(let charge), .baseFeeReturned(let charge): charge
        case .usage, .lateUsage, .credit: nil
        }
    }

    var creditID: CreditID? {
        if case .credit(let id) = basis { id } else { nil }
    }
}

/// A line as stored; hours are in rows of their own.
struct LineRow: SQLRow {
    static let columns: SQL = """
        l.invoice_id, l.line, l.kind, l.amount_micro_usdc, l.service_type, l.tier,
        l.price_version, l.month::timestamp AT TIME ZONE 'UTC', l.before_requests, l.first_day,
        l.end_day, l.has_burst, l.seal_keys, l.packages_per_key, l.api_keys, l.credit_id
        """

    let invoice: InvoiceID
    let number: Int64
    private let kind: InvoiceLineKind
    private let amount: MicroUSDC
    private let service: ServiceType?
    private let tier: ServiceTier?
    private let priceVersion: Int64?
    private let month: Month?
    private let before: Int64?
    private let days: (first: Int64?, end: Int64?)
    private let options: (hasBurst: Bool?, sealKeys: Int64?, packages: Int64?, keys: Int64?)
    private let credit: SQLUUID?

    init(from columns: inout SQLColumns) throws(StorageError) {
        invoice = try columns.nextInvoiceID()
        number = try columns.next()
        guard let kind = InvoiceLineKind(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "kind")
        }
        self.kind = kind
        amount = MicroUSDC(try columns.next())
        service = (try columns.next() as String?).flatMap(ServiceType.init(rawValue:))
        tier = (try columns.next() as String?).flatMap(ServiceTier.init(rawValue:))
        priceVersion = try columns.next()
        month = (try columns.next() as Timestamp?).map { Month(containing: $0) }
        before = try columns.next()
        days = (try columns.next(), try columns.next())
        options = (
            try columns.next(), try columns.next(), try columns.next(), try columns.next()
        )
        credit = try columns.next()
    }

    /// - Parameter parts: of this line, in the order of their hours.
    func line(_ parts: [UsageCharge.Part]) throws(StorageError) -> InvoiceLine {
        let basis: InvoiceLine.Basis
        switch kind {
        case .usage: basis = .usage(try usage(parts))
        case .lateUsage: basis = .lateUsage(try usage(parts))
        case .baseFee: basis = .baseFee(try fee())
        case .baseFeeReturned: basis = .baseFeeReturned(try fee())
        case .credit:
            guard let credit, let id = UUIDv7(bytes: credit.bytes) else {
                throw .unexpectedValue(column: "credit_id")
            }
            basis = .credit(CreditID(id))
        }
        return InvoiceLine(basis, amount: amount)
    }

    private func usage(_ parts: [UsageCharge.Part]) throws(StorageError) -> UsageCharge {
        guard let service, let tier, let month, let priceVersion, let before else {
            throw .unexpectedValue(column: "before_requests")
        }
        let group = UsageGroup(
            month: month, service: service, tier: tier, priceVersion: priceVersion)
        return UsageCharge(group: group, before: before, parts: parts)
    }

    private func fee() throws(StorageError) -> BaseFeeCharge {
        guard let service, let tier, let month, let priceVersion, let first = days.first,
            let end = days.end, first <= end, let days = MonthDays(month, days: first..<end),
            let hasBurst = options.hasBurst, let sealKeys = options.sealKeys,
            let packages = options.packages, let keys = options.keys
        else { throw .unexpectedValue(column: "first_day") }
        let configuration = ServiceConfiguration(
            tier: tier, hasBurst: hasBurst, sealKeys: sealKeys, packagesPerKey: packages,
            apiKeys: keys)
        return BaseFeeCharge(
            service: service, configuration: configuration, days: days,
            priceVersion: priceVersion)
    }
}

/// Requests of an hour on a line.
struct PartRow: SQLRow {
    var invoice: InvoiceID
    var line: Int64
    var part: UsageCharge.Part

    init(from columns: inout SQLColumns) throws(StorageError) {
        invoice = try columns.nextInvoiceID()
        line = try columns.next()
        part = UsageCharge.Part(
            hour: Hour(containing: try columns.next()), from: try columns.next(),
            through: try columns.next())
    }
}

extension SQLColumns {
    mutating func nextInvoiceID() throws(StorageError) -> InvoiceID {
        let value: SQLUUID = try next()
        guard let uuid = UUIDv7(bytes: value.bytes) else {
            throw .unexpectedValue(column: "invoice_id")
        }
        return InvoiceID(uuid)
    }

    mutating func nextCustomerID() throws(StorageError) -> CustomerID {
        guard let id = CustomerID(try next()) else {
            throw .unexpectedValue(column: "customer_id")
        }
        return id
    }

    /// Nil is SQL's NULL.
    mutating func nextChargeID() throws(StorageError) -> ChargeID? {
        guard let value: SQLUUID = try next() else { return nil }
        guard let uuid = UUIDv7(bytes: value.bytes) else {
            throw .unexpectedValue(column: "charge_id")
        }
        return ChargeID(uuid)
    }
}

extension InvoiceID {
    var sqlValue: SQLUUID { SQLUUID(bytes: uuid.bytes) }
}
