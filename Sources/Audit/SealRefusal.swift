import Storage

/// Why the sealer signs nothing: what stands in the database is not what was sealed before.
enum SealRefusal: Error, Equatable, CustomStringConvertible {
    /// The newest seal is not by our key, nor by the one that sealed what we remember.
    case badSignature
    /// The newest seal and the sealed rows do not end at the same position.
    case endsApart
    /// The chain is shorter than it was.
    case cutOff
    /// The chain does not go through the head that we remember.
    case otherChain
    /// The tables of seals cannot be read or written as they were made.
    case tablesChanged(StorageError)
    case headFile(AuditHeadFileError)

    var description: String {
        switch self {
        case .badSignature: "the newest seal is not by a known key"
        case .endsApart: "the newest seal and the sealed rows do not end at one position"
        case .cutOff: "the newest seals were cut off"
        case .otherChain: "the seals are not those that were made"
        case .tablesChanged(let error): "the tables of seals were changed: \(error)"
        case .headFile(let error): "the file of the newest head cannot be read: \(error)"
        }
    }
}

extension SealRefusal {
    /// Of an error that no outage makes; nil for any other.
    init?(_ error: StorageError) {
        switch error {
        case .constraintViolated, .unexpectedValue: self = .tablesChanged(error)
        case .unavailable, .connectionLost, .serialization, .rejected: return nil
        }
    }
}
