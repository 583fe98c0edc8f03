import Glibc
import Synchronization

/// Where log lines go. Lines are gathered and written by one thread of their own, so that a
/// request never waits for a slow reader of our output.
public final class LogWriter: Sendable {
    private struct State {
        var pending: [UInt8] = []
        /// Empty; its memory takes the next lines while the last ones are written.
        var spare: [UInt8] = []
        var dropped = 0
        var isClosed = false
    }

    /// Past this many waiting bytes lines are dropped and counted: a stuck reader of the log must
    /// take neither the service nor its memory with it.
    private static let pendingLimit = 8 << 20
    private static let spareLimit = 4 << 20
    private static let flushMilliseconds: UInt32 = 50

    private let descriptor: Int32
    private let state = Mutex(State())
    private let writing = Mutex(())  // Keeps lines in order; never held while a line is added.

    /// - Parameter descriptor: an open file; standard output is 1, standard error 2.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
        BackgroundThread.start { [self] in
            while !state.withLock({ $0.isClosed }) {
                usleep(Self.flushMilliseconds * 1000)
                flush()
            }
        }
    }

    /// Lines come whole, so that threads format theirs side by side.
    func append(_ line: LogLine) {
        state.withLock { state in
            guard state.pending.count < Self.pendingLimit else {
                state.dropped += 1
                return
            }
            state.pending.append(contentsOf: line.bytes)
        }
    }

    /// Writes what waits; called once more before the process ends.
    public func flush() {
        writing.withLock { _ in
            let lines = state.withLock { state in
                if state.dropped > 0 {
                    let notice =
                        #"{"level":"error","message":"log lines dropped","count":\#(state.dropped)}"#
                    state.pending.append(contentsOf: (notice + "\n").utf8)
                    state.dropped = 0
                }
                let taken = state.pending
                state.pending = state.spare
                state.spare = []
                return taken
            }
            Self.write(lines, to: descriptor)
            keep(consume lines)
        }
    }

    /// Keeps the memory of what was written, unless a rush of lines made it large.
    private func keep(_ lines: consuming [UInt8]) {
        guard lines.capacity <= Self.spareLimit else { return }
        lines.removeAll(keepingCapacity: true)
        state.withLock { $0.spare = lines }
    }

    /// Ends the thread after a last flush.
    public func close() {
        flush()
        state.withLock { $0.isClosed = true }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var remaining = bytes[...]
        while !remaining.isEmpty {
            let count = remaining.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                remaining = remaining.dropFirst(count)
            } else if errno != EINTR {
                return  // Nobody reads any more; the service goes on.
            }
        }
    }
}
