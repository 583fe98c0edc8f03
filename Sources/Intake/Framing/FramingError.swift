/// Why a stream cannot be read on.
public enum FramingError: String, Error, Sendable {
    /// A message does not begin with its length.
    case lengthExpected = "framing_length_expected"
    case lengthTooLong = "framing_length_too_long"

    /// Stable, for metrics and the log.
    public var code: String { rawValue }
}
