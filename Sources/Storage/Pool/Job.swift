import Determinism

/// Work for one pool thread. Exactly one of `run` and `refuse` is called, once.
struct Job: Sendable {
    let asked: Deadline
    let deadline: Deadline
    let run: @Sendable (PooledConnection) -> Void
    let refuse: @Sendable (StorageError) -> Void
}
