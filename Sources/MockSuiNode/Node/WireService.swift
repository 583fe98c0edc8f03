/// A request understood in one of the wire formats.
protocol WireRequest {
    /// What is asked, for faults to be drawn.
    var questions: [NodeQuestion] { get }
    /// The transaction that is to be executed, if any.
    var transactionBytes: [UInt8]? { get }

    func answer(_ core: inout NodeCore, _ faults: StruckFaults) -> MockAnswer
}
