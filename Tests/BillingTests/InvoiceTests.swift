import Billing
import Determinism
import Identifiers
import Services
import Testing

@Suite struct InvoiceTests {
    private static let world = SimulatedWorld(seed: 3).surroundings
    private static let charge = ChargeID(from: world)
    private static let other = ChargeID(from: world)
    private static let credit = CreditID(from: world)
    private static let owed = InvoiceLine(.credit(credit), amount: MicroUSDC(900))
    private static let closing = Invoice.Event.close(at: Timestamp(milliseconds: 5))

    private static let states: [Invoice.State] = [
        .open, .closed(abandoned: nil), .closed(abandoned: charge), .charging(charge),
        .paid(charge), .paid(nil), .pastDue(charge), .void,
    ]
    private static let events: [Invoice.Event] =
        [closing, .nothingOwed, .voided]
        + [charge, other].flatMap {
            [.chargePlanned($0), .chargeSettled($0), .chargeDeclined($0), .chargeAbandoned($0)]
        }

    private static func invoice(_ state: Invoice.State) throws -> Invoice {
        try Invoice(
            id: InvoiceID(from: world), customer: #require(CustomerID(9)),
            openedAt: Timestamp(milliseconds: 1), lines: [owed], state: state, closedAt: nil)
    }

    /// All that is allowed for an invoice of 900; everything else is refused.
    private static let allowed: [(Invoice.State, Invoice.Event, Invoice.State, Invoice.Step)] = {
        let amount = MicroUSDC(900)
        let closed: [Invoice.State] = [.closed(abandoned: nil), .closed(abandoned: charge)]
        var rows: [(Invoice.State, Invoice.Event, Invoice.State, Invoice.Step)] = [
            (.open, closing, .closed(abandoned: nil), .planCharge(amount)),
            (.charging(charge), .chargePlanned(charge), .charging(charge), .rest),
            (.charging(charge), .chargeDeclined(charge), .pastDue(charge), .considerSuspending),
            (
                .charging(charge), .chargeAbandoned(charge), .closed(abandoned: charge),
                .planCharge(amount)
            ),
            (.paid(charge), .chargeSettled(charge), .paid(charge), .rest),
            (.paid(charge), .chargeAbandoned(other), .paid(charge), .rest),
            (.paid(charge), .chargeDeclined(other), .paid(charge), .rest),
            (.paid(nil), .nothingOwed, .paid(nil), .rest),
            (.pastDue(charge), .chargeDeclined(charge), .pastDue(charge), .rest),
            (closed[1], .chargeAbandoned(charge), closed[1], .rest),
            (.void, .voided, .void, .rest),
        ]
        for id in [charge, other] {
            for state in closed + [.pastDue(charge)] {
                rows.append((state, .chargePlanned(id), .charging(id), .rest))
            }
            for state in closed + [.pastDue(charge), .charging(charge)] {
                rows.append((state, .chargeSettled(id), .paid(id), .considerResuming))
            }
            rows.append((.paid(nil), .chargeAbandoned(id), .paid(nil), .rest))
            rows.append((.paid(nil), .chargeDeclined(id), .paid(nil), .rest))
        }
        for state in closed + [.open, .pastDue(charge)] {
            rows.append((state, .voided, .void, .considerResuming))
        }
        return rows
    }()

    @Test func everyStateAnswersEveryEventAsWritten() throws {
        for state in Self.states {
            for event in Self.events {
                var invoice = try Self.invoice(state)
                let row = Self.allowed.first { $0.0 == state && $0.1 == event }
                if let row {
                    #expect(try invoice.handle(event) == row.3, "\(state) \(event)")
                    #expect(invoice.state == row.2, "\(state) \(event)")
                } else {
                    #expect(throws: InvoiceError.self, "\(state) \(event)") {
                        try invoice.handle(event)
                    }
                    #expect(invoice.state == state)
                }
            }
        }
    }

    @Test(
        "refusals say which",
        arguments: [
            (
                Invoice.State.charging(charge), Invoice.Event.voided,
                InvoiceError.chargeInFlight(charge)
            ),
            (.charging(charge), .chargePlanned(other), .chargeInFlight(charge)),
            (.charging(charge), .chargeDeclined(other), .chargeInFlight(charge)),
            (.paid(charge), .chargeSettled(other), .paidTwice(charge, other)),
            (.void, .chargeSettled(charge), .paidTwice(nil, charge)),
            (.closed(abandoned: nil), .nothingOwed, .stillOwed(MicroUSDC(900))),
        ])
    func refusal(state: Invoice.State, event: Invoice.Event, error: InvoiceError) throws {
        var invoice = try Self.invoice(state)

        #expect(throws: error) { try invoice.handle(event) }
    }

    @Test func nothingOwedIsPaidWithoutACharge() throws {
        var invoice = try Sample.invoice([InvoiceLine(.credit(Self.credit), amount: .zero)])

        #expect(try invoice.handle(Self.closing) == .settleWithoutCharge)
        #expect(throws: InvoiceError.nothingOwed) {
            try invoice.handle(.chargePlanned(Self.charge))
        }
        #expect(try invoice.handle(.nothingOwed) == .considerResuming)
        #expect(invoice.state == .paid(nil))
    }

    @Test func anInvoiceWithoutLinesOrBelowZeroStaysOpen() throws {
        var empty = try Sample.invoice()
        var negative = try Sample.invoice([
            InvoiceLine(.credit(Self.credit), amount: MicroUSDC(-1))
        ])

        #expect(throws: InvoiceError.empty) { try empty.handle(Self.closing) }
        #expect(throws: InvoiceError.negativeTotal(MicroUSDC(-1))) {
            try negative.handle(Self.closing)
        }
    }

    @Test func linesAreFixedOnceItIsClosed() throws {
        var invoice = try Sample.invoice([Self.owed])
        _ = try invoice.handle(Self.closing)

        #expect(throws: InvoiceError.notOpen(.closed(abandoned: nil))) {
            try invoice.add([Self.owed])
        }
        #expect(invoice.total == MicroUSDC(900))
    }

    @Test func aTotalThatDoesNotFitIsRefusedWhole() throws {
        var invoice = try Sample.invoice([Self.owed])

        #expect(throws: InvoiceError.tooLarge) {
            try invoice.add([Self.owed, InvoiceLine(.credit(Self.credit), amount: .max)])
        }
        #expect(invoice.lines.count == 1)
    }

    @Test func creditsAreTakenOldestFirstAndNeverBelowZero() throws {
        let ids = (0..<3).map { _ in CreditID(from: Self.world) }.sorted {
            $0.uuid.bytes.lexicographicallyPrecedes($1.uuid.bytes)
        }
        var invoice = try Sample.invoice([Self.owed])
        let credits = try zip(ids, [500, 700, 800]).map { id, amount in
            try #require(Credit(id, remaining: MicroUSDC(amount)))
        }
        try invoice.apply(credits.reversed())

        #expect(invoice.total == .zero)
        #expect(invoice.lines.dropFirst().map(\.amount.units) == [-500, -400])
        #expect(
            invoice.lines.dropFirst().map(\.basis) == [.credit(ids[0]), .credit(ids[1])])
        #expect(Credit(ids[0], remaining: MicroUSDC(-1)) == nil)
    }

    @Test func ratingAgainFindsWhatWasAltered() throws {
        let book = try Sample.uneven()
        let hour = try Sample.hour("2027-03-05T00:00:00Z")
        let group = UsageGroup(
            month: Month(containing: hour.start), service: .seal, tier: .pro, priceVersion: 1)
        func line(_ version: Int64, _ amount: Int64) -> InvoiceLine {
            let group = UsageGroup(
                month: group.month, service: .seal, tier: .pro, priceVersion: version)
            let part = UsageCharge.Part(hour: hour, from: 0, through: 17)
            return InvoiceLine(
                .usage(UsageCharge(group: group, before: 0, parts: [part])),
                amount: MicroUSDC(amount))
        }

        #expect(try Sample.invoice([line(1, 11)]).differences(by: book) == [])
        #expect(
            try Sample.invoice([line(1, 12)]).differences(by: book) == [
                .amount(line: 0, recorded: MicroUSDC(12), rated: MicroUSDC(11)),
                .total(recorded: MicroUSDC(12), rated: MicroUSDC(11)),
            ])
        #expect(
            try Sample.invoice([line(3, 0)]).differences(by: book) == [
                .notRated(line: 0, .unknownPriceVersion(3))
            ])
        #expect(
            try Sample.invoice([line(1, 11), line(1, 11)]).differences(by: book) == [
                .usageTwice(line: 1, hour: hour)
            ])
        #expect(
            try Sample.invoice([line(1, 11)]).differences(by: book) { _, _ in 16 } == [
                .usageMissing(line: 0, hour: hour, invoiced: 17, stored: 16)
            ])
        #expect(
            try Sample.invoice([line(1, 11)]).differences(by: book) { _, _ in 18 } == [])
    }
}
