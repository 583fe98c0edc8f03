/// Why a text is not the one decimal form of a number that fits.
public enum DecimalError: Error, Equatable {
    case empty
    /// - Parameter offset: in UTF-8 bytes from the start of the text.
    case invalidDigit(offset: Int)
    case leadingZero
    case tooLarge
}
