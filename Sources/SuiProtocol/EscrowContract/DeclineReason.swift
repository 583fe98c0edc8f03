public import ByteCodecs

/// Why a charge took no money. Raw values are those of `Declined` events.
public enum DeclineReason: UInt8, Sendable, CaseIterable {
    case insufficientBalance = 1
    case spendingLimit = 2
    /// The operation's number was not the next one; nothing changed.
    case stale = 3

    public var words: String {
        switch self {
        case .insufficientBalance: "the account holds less than the amount"
        case .spendingLimit: "the period's spending limit leaves less than the amount"
        case .stale: "the operation's number was not the next one"
        }
    }
}

extension DeclineReason: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        let code = try reader.byte()
        guard let reason = Self(rawValue: code) else {
            throw .unknownVariant(of: "Declined.reason", index: Int(code))
        }
        self = reason
    }

    public func write(to writer: inout BCSWriter) {
        writer.byte(rawValue)
    }
}
