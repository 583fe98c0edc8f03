public import ByteCodecs

/// Why bytes are not the value that is looked for. Each case says what was found.
public enum SuiDecodingError: Error, Equatable, CustomStringConvertible {
    case bcs(BCSError)
    /// More bytes than such a value may have.
    case tooLarge(limit: Int, actual: Int)
    /// A variant that the enumeration `type` does not have, as far as is known here.
    case unknownVariant(of: String, index: Int)
    /// A transaction that only validators make; the name is its kind's.
    case systemTransaction(String)
    /// Types inside types, deeper than Sui takes.
    case typeTooDeep(limit: Int)
    /// No name of a module, function or type in Move.
    case invalidIdentifier
    /// A digest whose length is not 32.
    case digestLength(Int)

    public var description: String {
        switch self {
        case .bcs(let error): "the bytes are not BCS: \(error)"
        case .tooLarge(let limit, let actual): "\(actual) bytes; at most \(limit) are taken"
        case .unknownVariant(let type, let index): "variant \(index) of \(type) is not known"
        case .systemTransaction(let kind): "a system transaction: \(kind)"
        case .typeTooDeep(let limit): "a type is nested deeper than \(limit)"
        case .invalidIdentifier: "a name is no Move identifier"
        case .digestLength(let count): "a digest of \(count) bytes instead of 32"
        }
    }
}
