/// Why the spool did not take or give a batch.
public enum SpoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its limit is reached, or the disk is full.
    case full
    /// Another process has this folder.
    case inUse(path: String)
    case failed(path: String, errorNumber: Int32)

    public var description: String {
        switch self {
        case .full: "the spool is full"
        case .inUse(let path): "\(path) is the spool of another process"
        case .failed(let path, let number): "\(path) cannot be used (errno \(number))"
        }
    }
}
