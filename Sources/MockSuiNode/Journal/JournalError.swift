import Glibc

/// Why a journal cannot be kept.
public enum JournalError: Error, Equatable {
    case unusable(errorNumber: Int32)
    /// Counted from 1.
    case lineUnreadable(Int)
    /// It begins another chain than the one asked for, or has no beginning.
    case otherChain
}

extension JournalError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unusable(let number):
            "the journal cannot be used: \(String(cString: strerror(number)))"
        case .lineUnreadable(let line): "line \(line) of the journal cannot be read"
        case .otherChain: "the journal is of another chain: another seed, charger or treasury"
        }
    }
}
