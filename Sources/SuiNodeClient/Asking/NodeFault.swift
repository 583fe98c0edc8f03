import HTTPTransport
import SuiProtocol

/// Why one endpoint gave no answer.
enum NodeFault: Error, Hashable {
    /// What came is no answer, or nothing came. The question may have been carried out.
    case unusable(why: String)
    /// As ``unusable(why:)``; time is up, so that the same is not asked here again.
    case late
    /// Larger than is listened to.
    case tooLarge
    /// Never heard by the node.
    case notSent(why: String)
    /// It wants to be left alone for so long.
    case closed(milliseconds: Int64)
    case refused(String)
    case historyPruned(firstAvailable: Int64)
    case notIndexed(indexed: Int64)
    case wrongChain
    /// The wire format does not know such a question.
    case unsupported
    /// Who asked has gone, which says nothing about the node.
    case cancelled

    init(_ error: HTTPClientError) {
        switch error {
        case .malformedURL, .malformedHeader, .nameNotResolved, .connectionFailed, .tls, .closed:
            self = .notSent(why: "\(error)")
        case .timeout: self = .late
        case .answerTooLarge: self = .tooLarge
        case .cancelled: self = .cancelled
        case .connectionLost, .malformedAnswer, .failed: self = .unusable(why: "\(error)")
        }
    }

    init(_ fault: NodeAnswerFault) {
        switch fault {
        case .refused(let words): self = .refused(words)
        case .unusable(let why): self = .unusable(why: why)
        }
    }

    /// The node may have done what it was asked for.
    var leavesOutcomeOpen: Bool {
        switch self {
        case .unusable, .late, .tooLarge, .closed, .cancelled: true
        default: false
        }
    }

    /// For logs.
    var why: String {
        switch self {
        case .unusable(let why), .notSent(let why): why
        case .late: "timeout"
        case .tooLarge: "answer too large"
        case .closed(let milliseconds): "wants to be left alone for \(milliseconds) ms"
        case .refused: "refused"
        case .historyPruned(let first): "history begins at \(first)"
        case .notIndexed(let last): "index ends at \(last)"
        case .wrongChain: "another network"
        case .unsupported: "not in this wire format"
        case .cancelled: "cancelled"
        }
    }
}

extension SuiNodeError {
    /// What the faults of all endpoints come to.
    ///
    /// Behind passes; pruned is for ever, and so it takes all of them: one that does not
    /// answer may have what another has thrown away.
    init(_ faults: [NodeFault]) {
        let indexed = faults.compactMap { if case .notIndexed(let last) = $0 { last } else { nil } }
        let kept = faults.compactMap {
            if case .historyPruned(let first) = $0 { first } else { nil }
        }
        let wrong = faults.count { $0 == .wrongChain }
        let refusal = faults.lazy.compactMap {
            if case .refused(let words) = $0 { words } else { nil }
        }.first
        if let last = indexed.max() {
            self = .notIndexed(indexed: last)
        } else if let first = kept.min(), kept.count + wrong == faults.count {
            self = .historyPruned(firstAvailable: first)
        } else if let refusal {
            self = .refused(refusal)
        } else {
            self = !faults.isEmpty && wrong == faults.count ? .wrongChain : .unavailable
        }
    }
}
