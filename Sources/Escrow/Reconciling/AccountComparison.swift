import Determinism
import Identifiers
import SuiProtocol

/// Compares one account's mirror with what its events make of it, with the ledger, and with what
/// is planned and signed on it. Pure.
struct AccountComparison {
    /// Sums as the database has them; beyond 64 bits in an account with a break.
    struct Sums: Hashable, Sendable {
        var escrow: Int128
        var held: Int128
        /// Of charges that are planned or signed.
        var live: Int128
    }

    let mirror: AccountMirror
    let held: MicroUSDC
    let sums: Sums
    /// The mirror as its events make it, in the chain's order; nil where none opened it.
    let replayed: AccountMirror?

    var discrepancies: [Discrepancy] {
        guard let replayed else {
            return [differs(.account, "opening event", "one", "none")]
        }
        return ofMirror(replayed) + ofLedger
    }

    private func ofMirror(_ replayed: AccountMirror) -> [Discrepancy] {
        var found: [Discrepancy] = []
        if replayed.owner != mirror.owner {
            found.append(
                differs(.account, "owner", replayed.owner.description, mirror.owner.description))
        }
        let figures: [(Discrepancy.Kind, String, Int64, Int64)] = [
            (.amount, "mirrored balance", replayed.balance.units, mirror.balance.units),
            (
                .amount, "mirrored spending limit", replayed.spendingLimit.units,
                mirror.spendingLimit.units
            ),
            (
                .amount, "mirrored charges of the period", replayed.periodCharged.units,
                mirror.periodCharged.units
            ),
            (
                .state, "mirrored period start", replayed.periodStart.milliseconds,
                mirror.periodStart.milliseconds
            ),
            (.state, "mirrored sequence", replayed.sequence, mirror.sequence),
        ]
        return found
            + figures.filter { $0.2 != $0.3 }.map {
                differs($0.0, $0.1, String($0.2), String($0.3), isDerivable: true)
            }
    }

    private var ofLedger: [Discrepancy] {
        var found: [Discrepancy] = []
        if sums.escrow + sums.held != Int128(mirror.balance.units) {
            found.append(
                differs(
                    .amount, "ledger balance", mirror.balance.description,
                    String(sums.escrow + sums.held)))
        }
        if sums.held != Int128(held.units) {
            found.append(
                differs(
                    .amount, "mirrored held", String(sums.held), held.description,
                    isDerivable: true))
        }
        if sums.held != sums.live {
            found.append(
                differs(.state, "held in the ledger", String(sums.live), String(sums.held)))
        }
        return found
    }

    private func differs(
        _ kind: Discrepancy.Kind, _ what: String, _ expected: String, _ found: String,
        isDerivable: Bool = false
    ) -> Discrepancy {
        Discrepancy(
            kind, what, account: mirror.id, expected: expected, found: found,
            isDerivable: isDerivable)
    }
}
