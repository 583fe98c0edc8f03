import Escrow
import Glibc
import Synchronization

/// One line on the terminal that says how far a long command has come. Nothing where standard error
/// is no terminal: there it would only fill a log.
final class ProgressLine: Sendable {
    private let isShown: Bool
    private let last = Mutex("")

    init(isShown: Bool = isatty(STDERR_FILENO) == 1) { self.isShown = isShown }

    func show(_ progress: ReconciliationProgress) {
        guard isShown else { return }
        let percent = progress.total == 0 ? 100 : progress.done * 100 / progress.total
        let text = "\(progress.phase.rawValue): \(progress.done) of \(progress.total), \(percent) %"
        last.withLock { last in
            guard last != text else { return }
            last = text
            Self.write("\r\u{1B}[K" + text)
        }
    }

    /// Takes the line away, so that others can be written.
    func clear() {
        guard isShown else { return }
        last.withLock { last in
            guard !last.isEmpty else { return }
            last = ""
            Self.write("\r\u{1B}[K")
        }
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
