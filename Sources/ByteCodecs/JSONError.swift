/// Why bytes are not a JSON text we take, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case unexpectedEnd = "ends too early"
        case unexpectedByte = "unexpected character"
        case invalidNumber = "not a number"
        case invalidEscape = "unknown escape in a string"
        case loneSurrogate = "half of a surrogate pair"
        case controlCharacter = "control character in a string"
        case invalidUTF8 = "a string is not UTF-8"
        case duplicateName = "an object names a member twice"
        case tooDeep = "nested too deeply"
        case tooManyValues = "too many values"
        case trailingBytes = "something follows the value"
    }

    public let reason: Reason
    /// In bytes from the start of the text; for a string's content, where the string starts.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
