public import Determinism
public import Identifiers

/// What a customer owes, line by line (`billing_records`). Its life is in `Invoice+State.swift`.
public struct Invoice: Equatable, Sendable {
    public let id: InvoiceID
    public let customer: CustomerID
    public let openedAt: Timestamp
    /// Fixed once it is closed.
    public private(set) var lines: [InvoiceLine] = []
    /// The sum of the lines.
    public private(set) var total = MicroUSDC.zero
    public internal(set) var state = State.open
    public internal(set) var closedAt: Timestamp?

    /// An open one without lines.
    public init(id: InvoiceID, customer: CustomerID, openedAt: Timestamp) {
        self.id = id
        self.customer = customer
        self.openedAt = openedAt
    }

    /// As it was stored.
    ///
    /// - Throws: ``InvoiceError/tooLarge``.
    public init(
        id: InvoiceID, customer: CustomerID, openedAt: Timestamp, lines: [InvoiceLine],
        state: State, closedAt: Timestamp?
    ) throws(InvoiceError) {
        self.init(id: id, customer: customer, openedAt: openedAt)
        try add(lines)
        self.state = state
        self.closedAt = closedAt
    }

    /// As it was stored, without its lines: for what becomes of it, which they do not matter to.
    init(
        id: InvoiceID, customer: CustomerID, total: MicroUSDC, state: State, closedAt: Timestamp
    ) {
        self.init(id: id, customer: customer, openedAt: closedAt)
        self.total = total
        self.state = state
        self.closedAt = closedAt
    }

    /// All or none.
    ///
    /// - Throws: ``InvoiceError/notOpen(_:)``, ``InvoiceError/tooLarge``.
    public mutating func add(_ new: [InvoiceLine]) throws(InvoiceError) {
        guard state == .open else { throw .notOpen(state) }
        let sum = new.reduce(Int128(total.units)) { $0 + Int128($1.amount.units) }
        guard let units = Int64(exactly: sum) else { throw .tooLarge }
        lines += new
        total = MicroUSDC(units)
    }

    /// Lowers what is owed by credits, the oldest first, at most to nothing.
    public mutating func apply(_ credits: [Credit]) throws(InvoiceError) {
        try add(Credit.lines(from: credits, against: total))
    }
}
