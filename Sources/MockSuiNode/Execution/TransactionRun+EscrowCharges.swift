import SuiProtocol

/// What the charger may do, and where the money of its charges goes.
extension TransactionRun {
    private enum DeclineReason: UInt8 {
        case balance = 1
        case limit = 2
        case stale = 3
    }

    mutating func charge(_ escrow: EscrowCall) throws(Failure) -> MoveRuntimeValue {
        let coinType = try escrow.coinType(arguments: 6)
        var account = try account(escrow, coinType)
        let `operator` = try escrowOperator(escrow, 1)
        let operation = try operation(escrow, reference: 4)
        let amount = try u64(escrow.arguments[3], 3)
        try requireClock(escrow, 5)
        try requireCharger(escrow, `operator`, of: account)
        try escrow.require(amount > 0, else: .zeroAmount)
        try escrow.require(amount <= EscrowAccountState.largestAmount, else: .amountTooLarge)
        try requireShort(escrow, operation.reference)
        let outcome = charged(&account.state, amount, sequence: operation.sequence)
        save(account)
        let head: MoveData.Fields = [
            ("account", .address(account.id)), ("seq", .u64(operation.sequence)),
            ("amount", .u64(amount)), ("reference", .bytes(operation.reference)),
        ]
        if let reason = outcome {
            emit(
                escrow.type("Declined", coinType),
                head + [
                    ("reason", .u8(reason.rawValue)), ("balance", .u64(account.state.balance)),
                    ("period_charged", .u64(account.state.periodCharged)),
                ])
        } else {
            emit(
                escrow.type("Charged", coinType),
                head + [
                    ("balance_after", .u64(account.state.balance)),
                    ("period_charged", .u64(account.state.periodCharged)),
                    ("period_start_ms", .u64(account.state.periodStart)),
                ])
        }
        return .proceeds(
            package: escrow.package, coinType, operator: account.state.operator,
            outcome == nil ? amount : 0)
    }

    /// - Returns: why nothing was taken, or nil when it was.
    private func charged(
        _ account: inout EscrowAccountState, _ amount: UInt64, sequence: UInt64
    ) -> DeclineReason? {
        guard sequence == account.sequence + 1 else { return .stale }
        account.rollPeriod(now: now)
        account.sequence = sequence
        guard !account.isOverLimit(amount) else { return .limit }
        guard amount <= account.balance else { return .balance }
        account.balance -= amount
        account.periodCharged += amount
        return nil
    }

    mutating func cancel(_ escrow: EscrowCall) throws(Failure) {
        let coinType = try escrow.coinType(arguments: 4)
        var account = try account(escrow, coinType)
        let `operator` = try escrowOperator(escrow, 1)
        let operation = try operation(escrow, reference: 3)
        try requireCharger(escrow, `operator`, of: account)
        try requireShort(escrow, operation.reference)
        try escrow.require(
            operation.sequence == account.state.sequence + 1, else: .staleSequence)
        account.state.sequence = operation.sequence
        save(account)
        emit(
            escrow.type("Cancelled", coinType),
            [
                ("account", .address(account.id)), ("seq", .u64(operation.sequence)),
                ("reference", .bytes(operation.reference)),
            ])
    }

    mutating func refund(_ escrow: EscrowCall) throws(Failure) {
        let coinType = try escrow.coinType(arguments: 5)
        var account = try account(escrow, coinType)
        let `operator` = try escrowOperator(escrow, 1)
        let operation = try operation(escrow, reference: 4)
        try requireCharger(escrow, `operator`, of: account)
        let amount = try takeIn(escrow, 3, into: &account)
        try requireShort(escrow, operation.reference)
        try escrow.require(
            operation.sequence == account.state.sequence + 1, else: .staleSequence)
        account.state.sequence = operation.sequence
        save(account)
        emit(
            escrow.type("Refunded", coinType),
            [
                ("account", .address(account.id)), ("seq", .u64(operation.sequence)),
                ("amount", .u64(amount)), ("reference", .bytes(operation.reference)),
                ("balance_after", .u64(account.state.balance)),
            ])
    }

    // MARK: - Proceeds

    mutating func joinProceeds(_ escrow: EscrowCall) throws(Failure) {
        let coinType = try escrow.coinType(arguments: 2)
        let other = try proceeds(try take(escrow.arguments[1], 1), 1, escrow, coinType)
        let into = try proceeds(try peek(escrow.arguments[0], 0), 0, escrow, coinType)
        try escrow.require(into.operator == other.operator, else: .wrongOperator)
        let (sum, overflow) = into.amount.addingReportingOverflow(other.amount)
        guard !overflow else { throw arithmetic(escrow.call) }
        try put(
            .proceeds(package: escrow.package, coinType, operator: into.operator, sum),
            escrow.arguments[0], 0)
    }

    mutating func settle(_ escrow: EscrowCall) throws(Failure) {
        let coinType = try escrow.coinType(arguments: 2)
        let sum = try proceeds(try take(escrow.arguments[0], 0), 0, escrow, coinType)
        let `operator` = try escrowOperator(escrow, 1)
        try escrow.require(sum.operator == `operator`.id, else: .wrongOperator)
        guard sum.amount > 0 else { return }
        _ = create(
            .coin(of: coinType), .coin(balance: sum.amount), owner: .address(`operator`.treasury))
    }

    private func proceeds(
        _ value: MoveRuntimeValue, _ place: Int, _ escrow: EscrowCall, _ coinType: TypeTag
    ) throws(Failure) -> (operator: ObjectID, amount: UInt64) {
        guard case .proceeds(escrow.package, coinType, let `operator`, let amount) = value else {
            throw .argument(place, .typeMismatch)
        }
        return (`operator`, amount)
    }

    // MARK: - Checks

    /// The sequence number, always the third argument, and the reference.
    private func operation(
        _ escrow: EscrowCall, reference place: Int
    ) throws(Failure) -> (sequence: UInt64, reference: [UInt8]) {
        (try u64(escrow.arguments[2], 2), try byteVector(escrow.arguments[place], place))
    }

    private func requireCharger(
        _ escrow: EscrowCall, _ operator: EscrowOperatorReference,
        of account: EscrowAccountReference
    ) throws(Failure) {
        try escrow.require(sender == `operator`.charger, else: .notOperator)
        try escrow.require(account.state.operator == `operator`.id, else: .notOperator)
    }

    private func requireShort(_ escrow: EscrowCall, _ reference: [UInt8]) throws(Failure) {
        try escrow.require(
            reference.count <= EscrowAccountState.referenceLimit, else: .referenceTooLong)
    }
}
