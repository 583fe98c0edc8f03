public import Determinism
import Synchronization

/// A simulated Sui node without sockets: bytes in, bytes and a way of delivering them out.
public final class MockNode: Sendable {
    private let core: Mutex<NodeCore>

    /// - Throws: ``JournalError``, or what a key that follows from the seed may throw.
    public init(
        _ configuration: MockNodeConfiguration, surroundings: Surroundings = .live
    ) throws {
        core = Mutex(try NodeCore(configuration, surroundings))
    }

    /// Closes a checkpoint where one is due. To be called several times a second.
    public func tick() throws(JournalError) {
        try core.withLock { core throws(JournalError) in try core.tick() }
    }

    /// Puts what was done on the disk. To be called about once a second.
    public func sync() throws(JournalError) {
        try core.withLock { $0.syncing }()
    }

    /// Answers once everything done is in the journal.
    public func answer(_ request: MockRequest) -> MockAnswer {
        guard request.method == "POST" else {
            return MockAnswer(status: 405, "text/plain", Array("POST only\n".utf8))
        }
        let parsed: any WireRequest
        switch request.path {
        case "/": parsed = JSONRPCRequest(request.body)
        case "/graphql": parsed = GraphQLRequest(request.body)
        default: return MockAnswer(status: 404, "text/plain", Array("no such path\n".utf8))
        }
        return core.withLock { Self.answer(parsed, &$0) }
    }

    private static func answer(_ request: any WireRequest, _ core: inout NodeCore) -> MockAnswer {
        let faults = core.plan.draw(for: request.questions)
        do {
            if let early = try strikeBefore(faults, request, &core) { return early }
            try core.tick()
        } catch {
            return .silence()
        }
        return strikeAfter(faults, request.answer(&core, faults))
    }

    /// - Returns: the answer, where the request does not even get to the chain.
    private static func strikeBefore(
        _ faults: StruckFaults, _ request: any WireRequest, _ core: inout NodeCore
    ) throws -> MockAnswer? {
        let isControl = request.questions.contains { $0.operation == .control }
        if let away = faults.amounts[.restart] { try core.restart(milliseconds: away) }
        guard !core.isGone || isControl else { return .silence() }
        if let length = faults.amounts[.halt] { core.halt(milliseconds: length) }
        if core.isHalted, request.questions.contains(where: { $0.operation == .execute }) {
            return .silence(after: Fault.timeoutBefore.usualAmount)
        }
        if let delay = faults.amounts[.timeoutBefore] { return .silence(after: delay) }
        if let seconds = faults[.tooManyRequests] { return .tooMany(seconds) }
        if faults.has(.serverError) { return .serverError(faults.entropy) }
        if faults.has(.html) { return .page }
        guard let bytes = request.transactionBytes else { return nil }
        for _ in 0..<(faults[.epochChange] ?? 0) { try core.apply(.epoch(at: core.now)) }
        if faults.has(.gasCoinTaken) { try core.takeGasCoin(of: bytes) }
        return nil
    }

    private static func strikeAfter(_ faults: StruckFaults, _ answer: MockAnswer) -> MockAnswer {
        var answer = answer
        if let delay = faults.amounts[.lateAnswer] { answer.delayMilliseconds = delay }
        if faults.has(.answerCut) { answer.delivery = .half }
        if faults.has(.answerLost) { answer.delivery = .nothing }
        if let delay = faults.amounts[.timeoutAfter] {
            answer.delivery = .nothing
            answer.delayMilliseconds = delay
        }
        return answer
    }
}
