import ByteCodecs
import SuiProtocol

/// The whole chain as JSON, for tests that want to know what is true.
enum LedgerDump {
    static func json(_ ledger: Ledger) -> JSONValue {
        let view = LedgerView.direct(ledger)
        let form = JSONRPCTransaction(
            view: view,
            options: JSONRPCOptions(
                value: ["showEffects": true, "showInput": true, "showBalanceChanges": true]))
        let all = JSONRPCOptions(
            value: ["showType": true, "showOwner": true, "showContent": true])
        let live = ledger.versions.values.compactMap(\.last?.object)
            .sorted { $0.id.bytes.lexicographicallyPrecedes($1.id.bytes) }
        return [
            "epoch": ledger.epoch.number, "timestampMs": ledger.now.text,
            "checkpoint": view.checkpoint.sequence.number,
            "packages": [
                "escrow": "\(ledger.genesis.escrowPackage)",
                "lookalike": "\(ledger.genesis.lookalikePackage)",
                "wrapper": "\(ledger.genesis.wrapperPackage)",
            ],
            "objects": .array(live.map { JSONRPCForms.object($0, all) }),
            "balances": .array(balances(view)),
            "transactions": .array(ledger.transactions.map { .object(form.json($0)) }),
            "events": .array(ledger.events.map(form.event)),
        ]
    }

    /// What each address has of each coin, address balances included.
    private static func balances(_ view: LedgerView) -> [JSONValue] {
        let owners = Set(view.ledger.ownedTypes.keys).union(view.ledger.balanceTypes.keys)
        return owners.sorted { $0.description < $1.description }.flatMap { owner in
            view.coinTypes(of: owner).map { type in
                let funds = view.addressBalance(BalanceKey(owner: owner, coinType: type))
                return [
                    "owner": "\(owner)", "coinType": "\(type)",
                    "totalBalance": "\(view.coins(of: owner, type).sum + UInt128(funds))",
                    "fundsInAddressBalance": funds.text,
                ]
            }
        }
    }
}
