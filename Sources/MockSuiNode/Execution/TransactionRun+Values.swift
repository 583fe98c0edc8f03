import ByteCodecs
import SuiProtocol

/// Where values are, and how commands read, take and change them. Arguments are named by their
/// place in the command, for the failure to point at.
extension TransactionRun {
    enum Slot {
        case gas
        case input(Int)
        case result(Int, Int)
    }

    private func slot(
        _ argument: TransactionArgument, _ place: Int
    ) throws(Failure) -> Slot {
        switch argument {
        case .gasCoin:
            return .gas
        case .input(let index):
            guard Int(index) < inputs.count else {
                throw .argument(place, .indexOutOfBounds)
            }
            return .input(Int(index))
        case .result(let index):
            guard Int(index) < results.count else {
                throw .argument(place, .indexOutOfBounds)
            }
            guard results[Int(index)].count == 1 else {
                throw .argument(place, .invalidResultArity)
            }
            return .result(Int(index), 0)
        case .nestedResult(let index, let second):
            guard Int(index) < results.count else {
                throw .argument(place, .indexOutOfBounds)
            }
            guard Int(second) < results[Int(index)].count else {
                throw .argument(place, .secondaryIndexOutOfBounds)
            }
            return .result(Int(index), Int(second))
        }
    }

    private subscript(slot: Slot) -> MoveRuntimeValue {
        get {
            switch slot {
            case .gas: gasCoin.map { .object($0) } ?? .taken
            case .input(let index): inputs[index]
            case .result(let index, let second): results[index][second]
            }
        }
        set {
            switch slot {
            case .gas: break
            case .input(let index): inputs[index] = newValue
            case .result(let index, let second): results[index][second] = newValue
            }
        }
    }

    /// The value, left where it is.
    func peek(_ argument: TransactionArgument, _ place: Int) throws(Failure) -> MoveRuntimeValue {
        let value = self[try slot(argument, place)]
        if case .taken = value { throw .argument(place, .invalidValueUsage) }
        return value
    }

    /// The value, used up.
    mutating func take(
        _ argument: TransactionArgument, _ place: Int, isTransfer: Bool = false
    ) throws(Failure) -> MoveRuntimeValue {
        let slot = try slot(argument, place)
        let value = try peek(argument, place)
        if case .gas = slot, !isTransfer { throw .argument(place, .invalidGasCoinUsage) }
        switch value {
        case .pure: return value
        case .object(let id) where objects[id]?.isShared == true:
            throw .argument(place, .invalidObjectByValue)
        default:
            self[slot] = .taken
            return value
        }
    }

    /// Puts back what a call has changed by reference.
    mutating func put(
        _ value: MoveRuntimeValue, _ argument: TransactionArgument, _ place: Int
    ) throws(Failure) {
        self[try slot(argument, place)] = value
    }

    // MARK: - Values without identity

    private func pure<Value>(
        _ argument: TransactionArgument, _ place: Int,
        _ read: (inout BCSReader) throws(BCSError) -> Value
    ) throws(Failure) -> Value {
        guard case .pure(let bytes) = try peek(argument, place) else {
            throw .argument(place, .typeMismatch)
        }
        do throws(BCSError) {
            var reader = BCSReader(bytes)
            let value = try read(&reader)
            try reader.finish()
            return value
        } catch {
            throw .argument(place, .invalidBCSBytes)
        }
    }

    func u64(_ argument: TransactionArgument, _ place: Int) throws(Failure) -> UInt64 {
        try pure(argument, place) { reader throws(BCSError) in try reader.u64() }
    }

    func address(_ argument: TransactionArgument, _ place: Int) throws(Failure) -> SuiAddress {
        let bytes = try pure(argument, place) { reader throws(BCSError) in
            try reader.bytes(count: SuiAddress.byteCount)
        }
        return SuiAddress(hash: bytes)
    }

    func byteVector(_ argument: TransactionArgument, _ place: Int) throws(Failure) -> [UInt8] {
        try pure(argument, place) { reader throws(BCSError) in try reader.byteVector() }
    }

    // MARK: - Objects

    /// - Parameter isMutable: whether the command changes it.
    func object(
        _ argument: TransactionArgument, _ place: Int, isMutable: Bool
    ) throws(Failure) -> LedgerObject {
        guard case .object(let id) = try peek(argument, place), let working = objects[id],
            !working.isDeleted
        else { throw .argument(place, .typeMismatch) }
        guard working.isMutable || !isMutable else {
            throw .argument(place, .invalidObjectByMutRef)
        }
        return working.object
    }

    /// A coin by reference; nil takes any type.
    func coin(
        _ argument: TransactionArgument, _ place: Int, of type: TypeTag?, isMutable: Bool = true
    ) throws(Failure) -> (id: ObjectID, type: TypeTag, balance: UInt64) {
        let object = try object(argument, place, isMutable: isMutable)
        guard case .coin(let balance) = object.contents, let found = object.coinType,
            type == nil || type == found
        else { throw .argument(place, .typeMismatch) }
        return (object.id, found, balance)
    }

    /// A coin by value: it ends, its balance is the caller's.
    mutating func takeCoin(
        _ argument: TransactionArgument, _ place: Int, of type: TypeTag
    ) throws(Failure) -> UInt64 {
        let coin = try coin(argument, place, of: type)
        _ = try take(argument, place)
        objects[coin.id]?.isDeleted = true
        return coin.balance
    }

    mutating func setCoin(_ id: ObjectID, balance: UInt64) {
        objects[id]?.object.contents = .coin(balance: balance)
    }

    /// A new object, which belongs to nobody until somebody gives it away.
    mutating func create(
        _ type: StructTag, _ contents: ObjectContents, owner: ObjectOwner? = nil
    ) -> ObjectID {
        let id = newID()
        place(id, type, contents, owner: owner)
        return id
    }

    mutating func newID() -> ObjectID {
        defer { createdCount += 1 }
        return .created(by: digest, index: createdCount)
    }

    mutating func place(
        _ id: ObjectID, _ type: StructTag, _ contents: ObjectContents, owner: ObjectOwner?
    ) {
        let object = LedgerObject(
            id: id, type: type, owner: owner ?? .address(sender), contents: contents,
            previousTransaction: digest)
        objects[id] = WorkingObject(object, before: nil)
    }

    mutating func createCoin(_ type: TypeTag, balance: UInt64) -> MoveRuntimeValue {
        .object(create(.coin(of: type), .coin(balance: balance)))
    }

    // MARK: - Address balances

    func addressBalance(_ key: BalanceKey) -> UInt64 {
        balances[key] ?? ledger.addressBalance(key)
    }

    mutating func credit(_ key: BalanceKey, _ amount: UInt64) throws(Failure) {
        let (sum, overflow) = addressBalance(key).addingReportingOverflow(amount)
        guard !overflow else { throw .coinBalanceOverflow }
        balances[key] = sum
    }

    mutating func debit(_ key: BalanceKey, _ amount: UInt64) throws(Failure) {
        let present = addressBalance(key)
        guard amount <= present else { throw .insufficientFundsForWithdraw }
        balances[key] = present - amount
    }
}
