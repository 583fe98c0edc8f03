import SuiProtocol

/// The escrow package, function by function as its Move source has it.
extension TransactionRun {
    mutating func runEscrow(
        _ call: MoveCall, package: ObjectID
    ) throws(Failure) -> [MoveRuntimeValue] {
        let escrow = EscrowCall(call: call, package: package)
        guard call.module == "account" else { throw .functionNotFound }
        switch escrow.function {
        case "create_operator": try createOperator(escrow)
        case "rotate_charger": try rotateCharger(escrow)
        case "open": try open(escrow)
        case "deposit": try deposit(escrow)
        case "receive": try receive(escrow)
        case "withdraw": return [try withdraw(escrow)]
        case "set_spending_limit": try setSpendingLimit(escrow)
        case "charge": return [try charge(escrow)]
        case "cancel": try cancel(escrow)
        case "refund": try refund(escrow)
        case "join": try joinProceeds(escrow)
        case "settle": try settle(escrow)
        default: throw .functionNotFound
        }
        return []
    }

    // MARK: - Operators

    private mutating func createOperator(_ escrow: EscrowCall) throws(Failure) {
        try escrow.check(arguments: 2, types: 0)
        let charger = try address(escrow.arguments[0], 0)
        let treasury = try address(escrow.arguments[1], 1)
        let id = create(
            escrow.type("Operator"), .escrowOperator(charger: charger, treasury: treasury),
            owner: .shared(initialVersion: 0))
        _ = create(escrow.type("OperatorCap"), .operatorCap(operator: id))
        emit(
            escrow.type("OperatorCreated"),
            [
                ("operator", .address(id)), ("charger", .address(charger)),
                ("treasury", .address(treasury)),
            ])
    }

    private mutating func rotateCharger(_ escrow: EscrowCall) throws(Failure) {
        try escrow.check(arguments: 3, types: 0)
        let cap = try object(escrow.arguments[0], 0, isMutable: false)
        guard cap.type == escrow.type("OperatorCap"),
            case .operatorCap(let governed) = cap.contents
        else { throw .argument(0, .typeMismatch) }
        let present = try escrowOperator(escrow, 1, isMutable: true)
        let charger = try address(escrow.arguments[2], 2)
        try escrow.require(governed == present.id, else: .wrongOperator)
        objects[present.id]?.object.contents =
            .escrowOperator(charger: charger, treasury: present.treasury)
        emit(
            escrow.type("ChargerRotated"),
            [
                ("operator", .address(present.id)), ("old_charger", .address(present.charger)),
                ("new_charger", .address(charger)),
            ])
    }

    // MARK: - Customers

    private mutating func open(_ escrow: EscrowCall) throws(Failure) {
        let coinType = try escrow.coinType(arguments: 4)
        let `operator` = try escrowOperator(escrow, 0)
        let limit = try u64(escrow.arguments[1], 1)
        let amount = try coin(escrow.arguments[2], 2, of: coinType).balance
        try requireClock(escrow, 3)
        try escrow.require(limit <= EscrowAccountState.largestAmount, else: .amountTooLarge)
        try escrow.require(amount <= EscrowAccountState.largestAmount, else: .amountTooLarge)
        _ = try takeCoin(escrow.arguments[2], 2, of: coinType)
        let account = create(
            escrow.type("Account", coinType),
            .account(
                EscrowAccountState(
                    owner: sender, operator: `operator`.id, balance: amount,
                    spendingLimit: limit, periodStart: now, periodCharged: 0, sequence: 0)),
            owner: .shared(initialVersion: 0))
        let tracker = create(escrow.type("AccountTracker"), .tracker(account: account))
        emit(
            escrow.type("AccountOpened", coinType),
            [
                ("account", .address(account)), ("tracker", .address(tracker)),
                ("owner", .address(sender)), ("operator", .address(`operator`.id)),
                ("spending_limit", .u64(limit)), ("timestamp_ms", .u64(now)),
            ])
        guard amount > 0 else { return }
        emitDeposited(escrow, account, coinType, amount: amount, after: amount)
    }

    private mutating func deposit(_ escrow: EscrowCall) throws(Failure) {
        let coinType = try escrow.coinType(arguments: 2)
        var account = try account(escrow, coinType)
        let amount = try takeIn(escrow, 1, into: &account)
        save(account)
        emitDeposited(
            escrow, account.id, coinType, amount: amount, after: account.state.balance)
    }

    private mutating func receive(_ escrow: EscrowCall) throws(Failure) {
        let coinType = try escrow.coinType(arguments: 2)
        var account = try account(escrow, coinType)
        guard case .receiving(let id) = try take(escrow.arguments[1], 1),
            let sent = ledger.object(id), sent.coinType == coinType,
            case .coin(let amount) = sent.contents
        else { throw .argument(1, .typeMismatch) }
        // Sui's own `transfer::receive` refuses what was sent elsewhere.
        guard sent.owner == .address(account.id) else {
            throw .moveAbort(
                package: .framework, module: "transfer", function: "receive_impl", code: 3)
        }
        objects[id] = WorkingObject(sent, before: sent)
        try requireRoom(escrow, for: amount, in: account)
        objects[id]?.isDeleted = true
        account.state.balance += amount
        save(account)
        emitDeposited(
            escrow, account.id, coinType, amount: amount, after: account.state.balance)
    }

    private mutating func withdraw(_ escrow: EscrowCall) throws(Failure) -> MoveRuntimeValue {
        let coinType = try escrow.coinType(arguments: 2)
        var account = try account(escrow, coinType)
        let amount = try u64(escrow.arguments[1], 1)
        try escrow.require(sender == account.state.owner, else: .notOwner)
        try escrow.require(amount > 0, else: .zeroAmount)
        try escrow.require(amount <= account.state.balance, else: .insufficientBalance)
        account.state.balance -= amount
        save(account)
        let coin = createCoin(coinType, balance: amount)
        emit(
            escrow.type("Withdrawn", coinType),
            [
                ("account", .address(account.id)), ("amount", .u64(amount)),
                ("balance_after", .u64(account.state.balance)),
            ])
        return coin
    }

    private mutating func setSpendingLimit(_ escrow: EscrowCall) throws(Failure) {
        let coinType = try escrow.coinType(arguments: 3)
        var account = try account(escrow, coinType)
        let limit = try u64(escrow.arguments[1], 1)
        try requireClock(escrow, 2)
        try escrow.require(sender == account.state.owner, else: .notOwner)
        try escrow.require(limit <= EscrowAccountState.largestAmount, else: .amountTooLarge)
        account.state.rollPeriod(now: now)
        let old = account.state.spendingLimit
        account.state.spendingLimit = limit
        save(account)
        emit(
            escrow.type("SpendingLimitChanged", coinType),
            [
                ("account", .address(account.id)), ("old_limit", .u64(old)),
                ("new_limit", .u64(limit)),
            ])
    }
}
