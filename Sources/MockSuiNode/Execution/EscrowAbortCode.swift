/// Abort codes of the escrow package. Source: `Docs/Contract.md`.
enum EscrowAbortCode: UInt64 {
    case notOperator = 1
    case notOwner = 2
    case zeroAmount = 3
    case insufficientBalance = 4
    case referenceTooLong = 5
    case amountTooLarge = 6
    case staleSequence = 7
    case wrongOperator = 8
}
