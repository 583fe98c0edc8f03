/// Why a text is no Move type.
public enum TypeTextError: Error, Equatable {
    case tooLong
    case tooDeep(limit: Int)
    /// - Parameter offset: in UTF-8 bytes from the start, where something else was expected.
    case unexpected(offset: Int)
    /// A type, but not a struct.
    case notAStruct
}
