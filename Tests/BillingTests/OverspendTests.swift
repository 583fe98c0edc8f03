import Billing
import Determinism
import Identifiers
import Services
import Testing

@Suite struct OverspendTests {
    private static let world = SimulatedWorld(seed: 5).surroundings
    private static let first = InvoiceID(from: world)
    private static let second = InvoiceID(from: world)
    private static let none = Debt(pastDue: [], hasOpenUse: false, hasUnsettled: false)

    private static func debt(_ amounts: Int64...) -> Debt {
        Debt(
            pastDue: zip([first, second], amounts).map { Debt.PastDue($0, MicroUSDC($1)) },
            hasOpenUse: false, hasUnsettled: false)
    }

    @Test(
        "a service stops as soon as more is promised than there is",
        arguments: [
            (Sample.funds(balance: 10, held: 4, accrued: 6), Overspend.Decision.rest),
            (Sample.funds(balance: 10, held: 4, accrued: 7), .suspend(.noPayment)),
            (Sample.funds(balance: 10, held: 11), .suspend(.noPayment)),
            (Sample.funds(balance: 99, held: 4, accrued: 6, limit: 20, charged: 10), .rest),
            (
                Sample.funds(balance: 99, held: 4, accrued: 7, limit: 20, charged: 10),
                .suspend(.spendingLimit)
            ),
            (
                Sample.funds(balance: 1, accrued: 7, limit: 20, charged: 20), .suspend(.noPayment)
            ),
            (Sample.funds(balance: .max, held: .max, accrued: .max), .suspend(.noPayment)),
        ])
    func stops(funds: Funds, decision: Overspend.Decision) {
        #expect(Overspend.decide(.enabled, funds, Self.none) == decision)
    }

    @Test func aDeclinedChargeStopsItWhateverOurFiguresShow() {
        #expect(Overspend.decide(.enabled, Sample.rich, Self.debt(1)) == .suspend(.noPayment))
    }

    @Test(
        "it goes on only when everything owed has settled",
        arguments: [InstanceState.suspendedNoPayment, .suspendedSpendingLimit])
    func goesOn(state: InstanceState) {
        func decide(_ debt: Debt, _ funds: Funds = Sample.rich) -> Overspend.Decision {
            Overspend.decide(state, funds, debt)
        }

        #expect(decide(Self.none) == .resume)
        #expect(
            decide(Debt(pastDue: [], hasOpenUse: true, hasUnsettled: false)) == .closeOpenUse)
        #expect(decide(Debt(pastDue: [], hasOpenUse: false, hasUnsettled: true)) == .rest)
        #expect(decide(Self.debt(5)) == .chargeAgain([Self.first]))
        #expect(decide(Self.none, Sample.funds(balance: 1, held: 2)) != .resume)
    }

    @Test func olderInvoicesAreChargedFirstAndNoneIsSkipped() {
        func decide(_ balance: Int64, limit: Int64 = 0) -> Overspend.Decision {
            let funds = Sample.funds(balance: balance, pastDue: 11, limit: limit)
            return Overspend.decide(.suspendedNoPayment, funds, Self.debt(8, 3))
        }

        #expect(decide(11) == .chargeAgain([Self.first, Self.second]))
        #expect(decide(10) == .chargeAgain([Self.first]))
        #expect(decide(7) == .rest)
        #expect(decide(99, limit: 8) == .chargeAgain([Self.first]))
        #expect(decide(99, limit: 7) == .suspend(.spendingLimit))
    }

    @Test func whatTheCustomerOrTheOperatorStoppedStaysStopped() {
        for state in [InstanceState.disabled, .suspendedByOperator] {
            #expect(Overspend.decide(state, Sample.rich, Self.none) == .rest)
            #expect(
                Overspend.decide(state, Sample.rich, Self.debt(5)) == .chargeAgain([Self.first]))
        }
        #expect(Overspend.decide(.notProvisioned, Sample.rich, Self.debt(5)) == .rest)
    }
}
