/// Why a journal cannot be kept.
public enum JournalError: Error, Equatable {
    case unusable(errorNumber: Int32)
    /// Counted from 1.
    case lineUnreadable(Int)
    /// It begins another chain than the one asked for, or has no beginning.
    case otherChain
}
