import Escrow
import Storage

/// Why a run of a task did not do its work. Shown to operators: no secret and no SQL in it.
public struct TaskFailure: Error, Hashable, Sendable {
    /// A stable code, as `price_book_invalid`.
    public let code: String
    public let detail: String

    public init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// What any error of a task is told as.
    public init(_ error: any Error) {
        switch error {
        case let failure as TaskFailure: self = failure
        case let error as StorageError: self.init(error)
        case LeaderError.storage(let error): self.init(error)
        case LeaderError.deposed: self.init("deposed", "another process leads")
        case let error as ReconciliationError: self.init(error)
        default: self.init("failed", "\(error)")
        }
    }

    private init(_ error: StorageError) {
        let code =
            switch error {
            case .unavailable, .connectionLost: "storage_unavailable"
            case .serialization: "storage_busy"
            case .constraintViolated, .rejected, .unexpectedValue: "storage_refused"
            }
        self.init(code, "\(error)")
    }

    private init(_ error: ReconciliationError) {
        switch error {
        case .storage(let error): self.init(error)
        case .notFollowing: self.init("not_following", "\(error)")
        case .node: self.init("node_unavailable", "\(error)")
        case .customerUnknown, .digestUnknown, .anotherLeads: self.init("failed", "\(error)")
        }
    }
}
