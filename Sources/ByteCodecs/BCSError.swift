/// Why bytes are not the BCS form of the expected value.
public enum BCSError: Error, Equatable {
    /// The input ends inside a value.
    case endOfInput
    /// A ULEB128 number with a needless last group: a second spelling of a value.
    case ulebNotCanonical
    /// A ULEB128 number above 2³² − 1, or of more than five bytes.
    case ulebTooLarge
    /// A length that the rest of the input cannot hold. Found before anything is allocated.
    case lengthExceedsInput(length: Int, remaining: Int)
    /// Neither 0 nor 1 where a truth value or an option's mark stands.
    case invalidBool(UInt8)
    case invalidUTF8
    /// The value ended before its input did.
    case trailingBytes(Int)
}
