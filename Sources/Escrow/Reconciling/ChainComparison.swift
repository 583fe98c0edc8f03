import Identifiers
import SuiProtocol

/// Compares a window read from the chain with the events that are stored for it. Pure.
struct ChainComparison {
    let chain: [RawEvent]
    let stored: [StoredEvent]
    /// Accounts of the mirror; events about others are compared all the same.
    let isOurs: (AccountID) -> Bool
    let operators: Set<ObjectID>

    var discrepancies: [Discrepancy] {
        let known = Dictionary(stored.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let seen = Set(chain.map(\.id))
        return chain.compactMap { compare($0, known[$0.id]) }
            + stored.filter { !seen.contains($0.id) }.map {
                Discrepancy(
                    .missingOnChain, $0.name, account: $0.account, event: $0.id,
                    found: $0.amount.map(String.init))
            }
    }

    /// An account of ours that was not mirrored: which of its owner's is the first is not known.
    private func isUnknownOpening(_ event: RawEvent) -> Bool {
        guard case .opened(let opening)? = event.fact, let account = event.account else {
            return false
        }
        return operators.contains(opening.operator) && !isOurs(account)
    }

    private func compare(_ event: RawEvent, _ stored: StoredEvent?) -> Discrepancy? {
        guard let stored else {
            return Discrepancy(
                .missingInLedger, event.name, account: event.account, event: event.id,
                expected: event.fact.flatMap { ToldFigures($0).amount }.map(String.init),
                isDerivable: !isUnknownOpening(event))
        }
        guard stored.bcs == event.bcs, stored.name == event.name else {
            return Discrepancy(
                .amount, "event's bytes", account: event.account, event: event.id,
                expected: event.name, found: stored.name)
        }
        guard stored.checkpoint == event.checkpoint else {
            return Discrepancy(
                .state, "checkpoint", account: event.account, event: event.id,
                expected: String(event.checkpoint), found: String(stored.checkpoint))
        }
        return nil
    }
}
