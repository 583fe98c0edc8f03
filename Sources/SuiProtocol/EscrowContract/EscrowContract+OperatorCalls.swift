/// Calls that the operator's charger signs, and those by which an operator is made and kept.
extension EscrowContract {
    /// One transaction's charges: each account's, their proceeds joined and settled at once.
    ///
    /// - Parameter charges: 1 to 256, over different accounts.
    public func charge(
        _ charges: [EscrowCharge], for operator: SharedObject,
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        let limit = EscrowRules.batchLimit
        guard charges.count <= limit else {
            throw .tooMany(.charges, limit: limit, actual: charges.count)
        }
        var accounts: Set<ObjectID> = []
        for one in charges where !accounts.insert(one.account.id).inserted {
            throw .conflictingObject(one.account.id)
        }
        var proceeds: [TransactionArgument] = []
        for one in charges { proceeds.append(try charge(one, for: `operator`, in: &builder)) }
        guard let sum = proceeds.first else { throw .nothingToDo }
        for other in proceeds.dropFirst() { try join(sum, other, in: &builder) }
        try settle(sum, for: `operator`, in: &builder)
    }

    /// - Returns: the proceeds, which must be settled in the same transaction.
    public func charge(
        _ charge: EscrowCharge, for operator: SharedObject,
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) -> TransactionArgument {
        guard charge.amount > 0 else { throw .nothingToDo }
        try checkAmount(charge.amount)
        try checkReference(charge.reference)
        return try call(
            "charge",
            [
                try builder.shared(charge.account, .mutable),
                try builder.shared(`operator`, .immutable),
                try builder.pure(.u64(charge.sequence)), try builder.pure(.u64(charge.amount)),
                try builder.pure(.bytes(charge.reference)),
                try builder.shared(.clock, .immutable),
            ], in: &builder
        ).value
    }

    /// Adds `other` to `sum`.
    public func join(
        _ sum: TransactionArgument, _ other: TransactionArgument,
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        try call("join", [sum, other], in: &builder)
    }

    /// Sends proceeds to the operator's treasury.
    public func settle(
        _ proceeds: TransactionArgument, for operator: SharedObject,
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        try call(
            "settle", [proceeds, try builder.shared(`operator`, .immutable)], in: &builder)
    }

    /// Uses up an operation's number, so that an older charge of that number can never run.
    public func cancel(
        _ sequence: UInt64, of account: SharedObject, for operator: SharedObject,
        reference: [UInt8], in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        try checkReference(reference)
        try call(
            "cancel",
            [
                try builder.shared(account, .mutable), try builder.shared(`operator`, .immutable),
                try builder.pure(.u64(sequence)), try builder.pure(.bytes(reference)),
            ], in: &builder)
    }

    /// - Parameter payment: the coin to give back, not empty.
    public func refund(
        _ payment: TransactionArgument, as sequence: UInt64, to account: SharedObject,
        for operator: SharedObject, reference: [UInt8], in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        try checkReference(reference)
        try call(
            "refund",
            [
                try builder.shared(account, .mutable), try builder.shared(`operator`, .immutable),
                try builder.pure(.u64(sequence)), payment, try builder.pure(.bytes(reference)),
            ], in: &builder)
    }

    /// Makes an operator; the sender gets the capability to rotate its charger.
    public func createOperator(
        charger: SuiAddress, treasury: SuiAddress, in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        let arguments = [
            try builder.pure(.address(charger)), try builder.pure(.address(treasury)),
        ]
        try builder.moveCall(MoveCall(package, Self.module, "create_operator", arguments))
    }

    /// - Parameter capability: the `OperatorCap`.
    public func rotateCharger(
        of operator: SharedObject, to charger: SuiAddress, capability: ObjectReference,
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        let arguments = [
            try builder.owned(capability), try builder.shared(`operator`, .mutable),
            try builder.pure(.address(charger)),
        ]
        try builder.moveCall(MoveCall(package, Self.module, "rotate_charger", arguments))
    }

    private func checkReference(_ reference: [UInt8]) throws(TransactionBuildError) {
        let limit = EscrowRules.referenceByteLimit
        guard reference.count <= limit else {
            throw .tooMany(.referenceBytes, limit: limit, actual: reference.count)
        }
    }
}
