public import SuiProtocol

/// What validators check before they run a transaction.
extension Ledger {
    /// 50 SUI. Source: `Docs/Sources.md#gas`.
    static let largestBudget: UInt64 = 50_000_000_000
    private static let gasCoinLimit = 256
    private static let commandLimit = 1024
    private static let inputLimit = 2048
    private static let argumentLimit = 512
    private static let pureLimit = 16_384

    /// Checks that a transaction may run now, its signatures included.
    ///
    /// - Parameter signatures: Base64; the sender's, and the gas owner's where it is another.
    public func admit(
        _ bytes: [UInt8], signatures: [String]
    ) throws(TransactionRefusal) -> TransactionData {
        let data = try read(bytes)
        try checkSignatures(signatures, on: bytes, of: data)
        try check(data)
        return data
    }

    /// What ``admit(_:signatures:)`` checks, but for signatures: enough to simulate.
    ///
    /// - Parameter isSimulated: somebody else pays where nobody is named.
    func check(
        _ data: TransactionData, isSimulated: Bool = false
    ) throws(TransactionRefusal) {
        try checkExpiration(data.expiration)
        try checkLimits(data)
        if !isSimulated || !data.gas.payment.isEmpty { try checkGas(data) }
        try checkInputs(data)
    }

    func read(_ bytes: [UInt8]) throws(TransactionRefusal) -> TransactionData {
        do throws(SuiDecodingError) {
            return try TransactionData(bcs: bytes)
        } catch {
            throw .unreadable("\(error)")
        }
    }

    private func checkSignatures(
        _ signatures: [String], on bytes: [UInt8], of data: TransactionData
    ) throws(TransactionRefusal) {
        var awaited = [data.sender]
        if data.gas.owner != data.sender { awaited.append(data.gas.owner) }
        guard signatures.count == awaited.count else {
            throw .signatureCount(expected: awaited.count, actual: signatures.count)
        }
        for text in signatures {
            do throws(SuiSignatureError) {
                let signature = try SuiSignature.parse(base64: text)
                guard let signer = awaited.first(where: signature.addresses.contains) else {
                    throw .addressMismatch
                }
                guard try signature.verify(.transaction(bytes), by: signer) == .valid else {
                    throw .zkLoginProofShape
                }
                awaited.removeAll { $0 == signer }
            } catch .addressMismatch {
                throw .signatureMissing(awaited[0])
            } catch {
                throw .signatureInvalid(error.reason)
            }
        }
    }

    private func checkExpiration(
        _ expiration: TransactionExpiration
    ) throws(TransactionRefusal) {
        switch expiration {
        case .none: return
        case .epoch(let last):
            guard epoch <= last else { throw .expired }
        case .validDuring(let window):
            guard window.chain == chain.genesis else { throw .wrongChain }
            guard let first = window.minimumEpoch, let last = window.maximumEpoch,
                window.minimumTimestamp == nil, window.maximumTimestamp == nil, last <= first + 1
            else { throw .unsupported("such a ValidDuring") }
            guard (first...last).contains(epoch) else { throw .expired }
        case .validity: throw .unsupported("the expiration Validity")
        }
    }

    private func checkLimits(_ data: TransactionData) throws(TransactionRefusal) {
        let program = data.program
        guard program.commands.count <= Self.commandLimit else {
            throw .limitExceeded("commands")
        }
        guard program.inputs.count <= Self.inputLimit else { throw .limitExceeded("inputs") }
        for case .pure(let bytes) in program.inputs where bytes.count > Self.pureLimit {
            throw .limitExceeded("a pure argument")
        }
        for command in program.commands where command.arguments.count > Self.argumentLimit {
            throw .limitExceeded("arguments of a command")
        }
    }

    private func checkGas(_ data: TransactionData) throws(TransactionRefusal) {
        let gas = data.gas
        guard gas.price >= Self.referenceGasPrice else {
            throw .gasPriceTooLow(price: gas.price, reference: Self.referenceGasPrice)
        }
        let (least, overflow) = gas.price.multipliedReportingOverflow(by: 1000)
        guard !overflow, gas.budget >= least else {
            throw .gasBudgetTooLow(budget: gas.budget, least: least)
        }
        guard gas.budget <= Self.largestBudget else {
            throw .gasBudgetTooHigh(budget: gas.budget, most: Self.largestBudget)
        }
        guard !gas.payment.isEmpty else { return try checkGasBalance(data) }
        guard gas.payment.count <= Self.gasCoinLimit else { throw .limitExceeded("gas coins") }
        var sum: UInt128 = 0
        for reference in gas.payment {
            let coin = try consumable(reference, by: gas.owner)
            guard case .coin(let balance) = coin.contents, coin.coinType == .sui else {
                throw .gasCoinInvalid(reference.id)
            }
            sum += UInt128(balance)
        }
        guard sum >= UInt128(gas.budget), sum <= UInt128(UInt64.max) else {
            throw .gasBalanceTooLow(balance: sum, needed: gas.budget)
        }
    }

    /// Without a coin, whose version can be used once, the digest alone keeps the transaction from
    /// running again: so its time must end.
    private func checkGasBalance(_ data: TransactionData) throws(TransactionRefusal) {
        guard case .validDuring = data.expiration else {
            throw .unsupported("gas from an address balance without ValidDuring")
        }
        let key = BalanceKey(owner: data.gas.owner, coinType: .sui)
        guard addressBalance(key) >= data.gas.budget else {
            throw .gasBalanceTooLow(
                balance: UInt128(addressBalance(key)), needed: data.gas.budget)
        }
    }

    private func checkInputs(_ data: TransactionData) throws(TransactionRefusal) {
        var seen = Set<ObjectID>()
        for reference in data.gas.payment where !seen.insert(reference.id).inserted {
            throw .inputTwice(reference.id)
        }
        for input in data.program.inputs {
            switch input {
            case .pure: continue
            case .funds(let funds):
                if case .allowance = funds.source { throw .unsupported("an allowance") }
            case .object(let object):
                guard seen.insert(object.id).inserted else { throw .inputTwice(object.id) }
                try check(object, of: data.sender)
            }
        }
    }

    private func check(
        _ input: ObjectInput, of sender: SuiAddress
    ) throws(TransactionRefusal) {
        switch input {
        case .owned(let reference):
            let object = try consumable(reference, by: sender)
            if let type = object.coinType, let failure = denials[type]?.failure(of: sender) {
                throw .denied(failure)
            }
        case .receiving(let reference):
            _ = try current(reference)
        case .shared(let shared, let mutability):
            guard mutability != .nonExclusiveWrite else {
                throw .unsupported("a non-exclusive write")
            }
            guard let object = object(shared.id) else {
                throw .objectMissing(shared.id, version: shared.initialVersion)
            }
            guard case .shared(let version) = object.owner else {
                throw .objectNotShared(shared.id)
            }
            guard version == shared.initialVersion else { throw .sharedVersionWrong(shared.id) }
            guard shared.id != .clock || mutability == .immutable else {
                throw .unsupported("changing the clock")
            }
        }
    }

    private func consumable(
        _ reference: ObjectReference, by owner: SuiAddress
    ) throws(TransactionRefusal) -> LedgerObject {
        let object = try current(reference)
        guard case .address(let found) = object.owner else {
            throw .unsupported("a shared object as an owned input")
        }
        guard found == owner else { throw .objectOfOther(reference.id, owner: found) }
        return object
    }

    private func current(
        _ reference: ObjectReference
    ) throws(TransactionRefusal) -> LedgerObject {
        guard let object = object(reference.id) else {
            guard let last = versions[reference.id]?.last else {
                throw .objectMissing(reference.id, version: reference.version)
            }
            let ended = transactions[last.transaction].effects.lamportVersion
            throw .objectStale(reference, current: ended)
        }
        guard reference.version <= object.version else {
            throw .objectMissing(reference.id, version: reference.version)
        }
        guard object.reference == reference else {
            throw .objectStale(reference, current: object.version)
        }
        return object
    }
}

extension TransactionCommand {
    var arguments: [TransactionArgument] {
        switch self {
        case .moveCall(let call): call.arguments
        case .transferObjects(let objects, let recipient): objects + [recipient]
        case .splitCoins(let coin, let amounts): [coin] + amounts
        case .mergeCoins(let target, let coins): [target] + coins
        case .makeMoveVector(_, let elements): elements
        case .publish, .upgrade: []
        }
    }
}
