/// Why a text is no amount, or a sum none that can be kept.
public enum AmountError: Error, Equatable, Sendable {
    case empty
    /// A sign, a point, an exponent, white space, or a digit of another script.
    case notDigits
    case leadingZero
    /// Above 2⁶³ − 1 micro-USDC.
    case tooLarge
    /// Zero where money moves.
    case zero
}
