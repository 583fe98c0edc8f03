/// Why a call of the escrow contract aborted. Raw values are the contract's abort codes.
///
/// Source: `Docs/Sources.md#escrow-contract`.
public enum EscrowAbort: UInt64, Error, Sendable, CaseIterable {
    case notOperator = 1
    case notOwner = 2
    case zeroAmount = 3
    case insufficientBalance = 4
    case referenceTooLong = 5
    case amountTooLarge = 6
    case staleSequence = 7
    case wrongOperator = 8

    /// The constant's name in the contract.
    public var constant: String {
        switch self {
        case .notOperator: "ENotOperator"
        case .notOwner: "ENotOwner"
        case .zeroAmount: "EZeroAmount"
        case .insufficientBalance: "EInsufficientBalance"
        case .referenceTooLong: "EReferenceTooLong"
        case .amountTooLarge: "EAmountTooLarge"
        case .staleSequence: "EStaleSequence"
        case .wrongOperator: "EWrongOperator"
        }
    }

    /// What happened, for people.
    public var words: String {
        switch self {
        case .notOperator: "the sender is not the charger of the account's operator"
        case .notOwner: "the sender does not own the account"
        case .zeroAmount: "the amount is zero"
        case .insufficientBalance: "the account holds less than the amount"
        case .referenceTooLong: "the reference is longer than 64 bytes"
        case .amountTooLarge: "the amount is above 2^63 - 1"
        case .staleSequence: "the account has already had an operation of that number"
        case .wrongOperator: "proceeds and operator do not belong together"
        }
    }
}
