import SuiProtocol

/// An `Operator` passed to a call by reference.
struct EscrowOperatorReference {
    let id: ObjectID
    let charger: SuiAddress
    let treasury: SuiAddress
}

extension TransactionRun {
    mutating func emit(_ type: StructTag, _ fields: MoveData.Fields) {
        events.append(PendingEvent(type: type, fields: fields, callee: callee))
    }

    mutating func emitDeposited(
        _ escrow: EscrowCall, _ account: ObjectID, _ coinType: TypeTag, amount: UInt64,
        after: UInt64
    ) {
        emit(
            escrow.type("Deposited", coinType),
            [
                ("account", .address(account)), ("from", .address(sender)),
                ("amount", .u64(amount)), ("balance_after", .u64(after)),
            ])
    }

    /// The first argument, `&mut Account<T>`.
    func account(
        _ escrow: EscrowCall, _ coinType: TypeTag
    ) throws(Failure) -> EscrowAccountReference {
        let object = try object(escrow.arguments[0], 0, isMutable: true)
        guard object.type == escrow.type("Account", coinType),
            case .account(let state) = object.contents
        else { throw .argument(0, .typeMismatch) }
        return EscrowAccountReference(id: object.id, coinType: coinType, state: state)
    }

    mutating func save(_ account: EscrowAccountReference) {
        objects[account.id]?.object.contents = .account(account.state)
    }

    func escrowOperator(
        _ escrow: EscrowCall, _ place: Int, isMutable: Bool = false
    ) throws(Failure) -> EscrowOperatorReference {
        let object = try object(escrow.arguments[place], place, isMutable: isMutable)
        guard object.type == escrow.type("Operator"),
            case .escrowOperator(let charger, let treasury) = object.contents
        else { throw .argument(place, .typeMismatch) }
        return EscrowOperatorReference(id: object.id, charger: charger, treasury: treasury)
    }

    func requireClock(_ escrow: EscrowCall, _ place: Int) throws(Failure) {
        let object = try object(escrow.arguments[place], place, isMutable: false)
        guard object.id == .clock else { throw .argument(place, .typeMismatch) }
    }

    /// Joins a coin to the account's balance.
    mutating func takeIn(
        _ escrow: EscrowCall, _ place: Int, into account: inout EscrowAccountReference
    ) throws(Failure) -> UInt64 {
        let argument = escrow.arguments[place]
        let amount = try coin(argument, place, of: account.coinType).balance
        try requireRoom(escrow, for: amount, in: account)
        _ = try takeCoin(argument, place, of: account.coinType)
        account.state.balance += amount
        return amount
    }

    /// No balance goes above the largest amount.
    func requireRoom(
        _ escrow: EscrowCall, for amount: UInt64, in account: EscrowAccountReference
    ) throws(Failure) {
        try escrow.require(amount > 0, else: .zeroAmount)
        try escrow.require(
            amount <= EscrowAccountState.largestAmount - account.state.balance,
            else: .amountTooLarge)
    }
}
