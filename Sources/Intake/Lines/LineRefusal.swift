/// Why a line of the log is not counted. Whoever refuses it keeps it, with ``code``.
public enum LineRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    /// In bytes.
    case tooLong(maximum: Int, actual: Int)
    case nulByte(offset: Int)
    case invalidUTF8
    /// It does not begin as our log format does: a notice of HAProxy, or another program's line.
    case notAnObject
    case unsupportedVersion
    /// Another member, or the line's end, stands where this one belongs.
    case missing(LineField)
    /// A number in quotes, text without them, something nested, `true` or `null`.
    case wrongType(LineField)
    case negative(LineField)
    case outOfRange(LineField)
    case malformed(LineField)
    case trailingBytes(offset: Int)
    /// Older than the accept horizon.
    case tooOld
    /// Further ahead than clocks may differ.
    case inFuture
    /// Further ahead than lines may be old: no replay takes it for so long.
    case farInFuture

    /// Stable; what the quarantine, metrics and commands show.
    public var code: String {
        switch self {
        case .empty: "line_empty"
        case .tooLong: "line_too_long"
        case .nulByte: "line_nul_byte"
        case .invalidUTF8: "line_invalid_utf8"
        case .notAnObject: "line_not_an_object"
        case .unsupportedVersion: "line_unsupported_version"
        case .missing: "field_missing"
        case .wrongType: "field_wrong_type"
        case .negative: "field_negative"
        case .outOfRange: "field_out_of_range"
        case .malformed: "field_malformed"
        case .trailingBytes: "line_trailing_bytes"
        case .tooOld: "event_too_old"
        case .inFuture, .farInFuture: "event_in_future"
        }
    }

    /// The member that was wrong, where it was one.
    public var field: LineField? {
        switch self {
        case .missing(let field), .wrongType(let field), .negative(let field),
            .outOfRange(let field), .malformed(let field):
            field
        case .empty, .tooLong, .nulByte, .invalidUTF8, .notAnObject, .unsupportedVersion,
            .trailingBytes, .tooOld, .inFuture, .farInFuture:
            nil
        }
    }

    public var description: String {
        field.map { "\(code): \($0.rawValue)" } ?? code
    }
}
