/// What can go wrong on purpose. Raw values are their names in `mock_setFaults`.
public enum Fault: String, Sendable, CaseIterable {
    /// Done, but the connection ends without a byte of the answer.
    case answerLost = "answer_lost"
    /// Done, but the connection ends in the middle of the answer.
    case answerCut = "answer_cut"
    /// Nothing is done, and nothing is said for `amount` milliseconds; then the connection ends.
    case timeoutBefore = "timeout_before"
    /// Done, and nothing is said for `amount` milliseconds; then the connection ends.
    case timeoutAfter = "timeout_after"
    /// Done, and answered whole, but only after `amount` milliseconds.
    case lateAnswer = "late_answer"
    /// 429 with `Retry-After`.
    case tooManyRequests = "too_many_requests"
    /// 500, 502 or 503.
    case serverError = "server_error"
    /// 200 with a page instead of JSON.
    case html
    /// The node says that it is of another network.
    case wrongChain = "wrong_chain"
    /// Objects, coins and balances as they were `amount` checkpoints ago.
    case staleReads = "stale_reads"
    /// The index is `amount` checkpoints further behind.
    case indexLag = "index_lag"
    /// A page of events has some of them twice.
    case duplicateEvents = "duplicate_events"
    /// A page of events is not in the order of the chain.
    case shuffledEvents = "shuffled_events"
    /// What exists is said not to, as where it was pruned.
    case notFound = "not_found"
    /// `amount` epochs end just before the request is looked at.
    case epochChange = "epoch_change"
    /// Another transaction of its owner uses the gas coin just before.
    case gasCoinTaken = "gas_coin_taken"
    /// Run and failed, because too many want its shared objects: gas is paid, nothing is done.
    case congestion
    /// The process is gone for `amount` milliseconds and comes back with what its journal holds.
    case restart
    /// No checkpoint and no execution for `amount` milliseconds of the chain's clock.
    case halt

    /// What `amount` is where a rule does not say.
    var usualAmount: Int64 {
        switch self {
        case .timeoutBefore, .timeoutAfter: 5000
        case .lateAnswer: 300
        case .tooManyRequests: 1
        case .staleReads, .indexLag: 5
        case .epochChange: 1
        case .restart: 1000
        case .halt: 10_800_000
        default: 0
        }
    }
}
