public import SuiProtocol

/// Why a transaction was not run at all: nothing is charged, nothing is recorded.
public enum TransactionRefusal: Error, Sendable, Equatable {
    case unreadable(String)
    case signatureCount(expected: Int, actual: Int)
    case signatureInvalid(String)
    case signatureMissing(SuiAddress)
    case expired
    case wrongChain
    case gasPriceTooLow(price: UInt64, reference: UInt64)
    case gasBudgetTooLow(budget: UInt64, least: UInt64)
    case gasBudgetTooHigh(budget: UInt64, most: UInt64)
    case gasBalanceTooLow(balance: UInt128, needed: UInt64)
    case gasCoinInvalid(ObjectID)
    case objectMissing(ObjectID, version: UInt64)
    case objectStale(ObjectReference, current: UInt64)
    case objectOfOther(ObjectID, owner: SuiAddress)
    case objectNotShared(ObjectID)
    case sharedVersionWrong(ObjectID)
    case inputTwice(ObjectID)
    case limitExceeded(String)
    case unsupported(String)
    case denied(ExecutionFailure.Kind)

    /// In a node's words; `Docs/Sources.md#refusals`.
    public var text: String {
        switch self {
        case .unreadable(let why): "Cannot read the transaction: \(why)"
        case .signatureCount(let expected, let actual):
            "Expected \(expected) signatures, found \(actual)"
        case .signatureInvalid(let why): "Signature is not valid: \(why)"
        case .signatureMissing(let address): "Required Signature from \(address) is absent"
        case .expired: "Transaction Expired"
        case .wrongChain: "Transaction is for another chain"
        case .gasPriceTooLow(let price, let reference):
            "Gas price \(price) under reference gas price (RGP) \(reference)"
        case .gasBudgetTooLow(let budget, let least):
            "Gas budget: \(budget) is lower than min: \(least)."
        case .gasBudgetTooHigh(let budget, let most):
            "Gas budget: \(budget) is higher than max: \(most)."
        case .gasBalanceTooLow(let balance, let needed):
            "Balance of gas object \(balance) is lower than the needed amount: \(needed)."
        case .gasCoinInvalid(let id): "Gas object \(id) is not a coin of SUI"
        case .objectMissing(let id, let version):
            "Could not find the referenced object \(id) at version Some(SequenceNumber(\(version)))"
        case .objectStale(let reference, let current):
            "Transaction needs to be rebuilt because object \(reference.id) version "
                + "0x\(String(reference.version, radix: 16)) (\(reference.digest)) is unavailable "
                + "for consumption, current version: 0x\(String(current, radix: 16))"
        case .objectOfOther(let id, let owner):
            "Transaction was not signed by the correct sender: Object \(id) is owned by "
                + "account address \(owner)"
        case .objectNotShared(let id): "Object \(id) is not a shared object"
        case .sharedVersionWrong(let id):
            "Shared object \(id) has another initial shared version"
        case .inputTwice(let id):
            "Mutable object \(id) cannot appear more than one in one transaction"
        case .limitExceeded(let what): "Size limit exceeded: \(what)"
        case .denied(.addressDenied(let address, let type)):
            "Address \(address) is denied for coin \(type)"
        case .denied(.coinPaused(let type)): "Coin type is globally paused for use: \(type)"
        case .denied(let failure): failure.text
        case .unsupported(let what): "Not supported here: \(what)"
        }
    }

    /// As JSON-RPC and GraphQL wrap it when validators said no.
    var wrappedText: String {
        "Transaction is rejected as invalid by more than 1/3 of validators by stake "
            + "(non-retriable). Non-retriable errors: [\(text)]."
    }
}
