import Synchronization

/// Answers one after the other; the last one stays.
final class AnswerList: Sendable {
    private let answers: Mutex<[CannedNode.Answer]>

    init(_ answers: [CannedNode.Answer]) {
        self.answers = Mutex(answers)
    }

    func next() -> CannedNode.Answer {
        answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    }
}
