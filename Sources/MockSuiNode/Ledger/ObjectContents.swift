public import SuiProtocol

/// What an object holds. Its type stands beside it, in ``LedgerObject``.
public enum ObjectContents: Sendable, Equatable {
    case coin(balance: UInt64)
    case account(EscrowAccountState)
    case escrowOperator(charger: SuiAddress, treasury: SuiAddress)
    case operatorCap(operator: ObjectID)
    case tracker(account: ObjectID)
    case clock(milliseconds: UInt64)

    func fields(id: ObjectID) -> MoveData.Fields {
        switch self {
        case .coin(let balance): [("id", .uid(id)), ("balance", .u64(balance))]
        case .account(let account): account.fields(id: id)
        case .escrowOperator(let charger, let treasury):
            [("id", .uid(id)), ("charger", .address(charger)), ("treasury", .address(treasury))]
        case .operatorCap(let `operator`): [("id", .uid(id)), ("operator", .address(`operator`))]
        case .tracker(let account): [("id", .uid(id)), ("account", .address(account))]
        case .clock(let milliseconds): [("id", .uid(id)), ("timestamp_ms", .u64(milliseconds))]
        }
    }

    /// Whether the type has `store`, so that anyone may transfer it.
    var isTransferable: Bool {
        switch self {
        case .coin, .operatorCap, .tracker: true
        case .account, .escrowOperator, .clock: false
        }
    }
}
