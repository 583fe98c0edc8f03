import Determinism
import Identifiers
import SuiProtocol

/// Compares a mirror with the account's object on chain, both at the same point. Pure.
struct ObjectComparison {
    let mirror: AccountMirror
    /// Nil when the node has none of that id.
    let object: NodeObject?
    /// Types that an account of ours can have.
    let types: [StructTag]
    let operators: Set<ObjectID>

    var discrepancies: [Discrepancy] {
        guard let object, let type = object.type, types.contains(type), let bcs = object.bcs,
            let account = try? EscrowAccount(bcs: bcs), case .shared = object.owner
        else {
            let found = object == nil ? "none" : object?.type?.description ?? "a package"
            return [differs(.account, "object on chain", "an account of ours", found)]
        }
        return identity(account) + figures(account) + period(account)
    }

    private func identity(_ account: EscrowAccount) -> [Discrepancy] {
        var found: [Discrepancy] = []
        if account.id.bytes != mirror.id.bytes {
            found.append(differs(.account, "id", account.id.description, mirror.id.description))
        }
        if account.owner != mirror.owner {
            found.append(
                differs(.account, "owner", account.owner.description, mirror.owner.description))
        }
        if !operators.contains(account.operator) {
            found.append(differs(.account, "operator", account.operator.description, "ours"))
        }
        return found
    }

    private func figures(_ account: EscrowAccount) -> [Discrepancy] {
        let pairs: [(Discrepancy.Kind, String, UInt64, Int64)] = [
            (.amount, "balance on chain", account.balance, mirror.balance.units),
            (
                .amount, "spending limit on chain", account.spendingLimit,
                mirror.spendingLimit.units
            ),
            (.state, "sequence on chain", account.sequence, mirror.sequence),
        ]
        return pairs.filter { UInt64(clamping: $0.3) != $0.2 }.map {
            differs($0.0, $0.1, String($0.2), String($0.3))
        }
    }

    /// The contract moves the period on, by whole ones, also in calls that tell of it in no event:
    /// nothing is charged in it then.
    private func period(_ account: EscrowAccount) -> [Discrepancy] {
        let start = UInt64(clamping: mirror.periodStart.milliseconds)
        let length = EscrowRules.periodMilliseconds
        guard account.periodStart >= start,
            (account.periodStart - start).isMultiple(of: length)
        else {
            return [
                differs(
                    .state, "period start on chain", String(account.periodStart),
                    String(start))
            ]
        }
        let isSame = account.periodStart == start
        let charged = isSame ? UInt64(clamping: mirror.periodCharged.units) : 0
        guard account.periodCharged != charged else { return [] }
        return [
            differs(
                .amount, "charged in the period on chain", String(account.periodCharged),
                String(charged))
        ]
    }

    private func differs(
        _ kind: Discrepancy.Kind, _ what: String, _ expected: String, _ found: String
    ) -> Discrepancy {
        Discrepancy(kind, what, account: mirror.id, expected: expected, found: found)
    }
}
