import Glibc
public import Observability
import Synchronization

/// Batches on disk while the database is away: one file each, synced before it counts as kept,
/// taken out in order, removed once stored. A batch that was stored and not removed is stored
/// again, which counts nothing twice.
public final class Spool: Sendable {
    /// A batch in the spool.
    public struct Segment: Hashable, Sendable {
        public let number: UInt64
        public let byteCount: Int
    }

    private struct State {
        var segments: [Segment] = []
        var byteCount = 0
        var next: UInt64 = 1
    }

    public let path: String
    public let limit: Int
    private let lock: Int32
    private let metrics: IntakeMetrics
    private let logger: Logger
    private let state: Mutex<State>

    /// Opens the folder, makes it where it is missing, and finds what is in it.
    ///
    /// - Parameter limit: bytes of all segments together.
    public init(
        path: String, limit: Int, metrics: IntakeMetrics, logger: Logger
    ) throws(SpoolError) {
        self.path = path
        self.limit = limit
        self.metrics = metrics
        self.logger = logger
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .failed(path: path, errorNumber: errno)
        }
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .failed(path: path, errorNumber: errno) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .inUse(path: path)
        }
        state = Mutex(try Self.found(in: path))
        metrics.spoolDamagedBytes.set(Int64(Self.damagedBytes(in: path)))
        tell()
    }

    /// Removes what is in a spool that nobody uses, and how far files were read.
    public static func discard(path: String) {
        for name in (try? SpoolFile.names(path)) ?? []
        where name.hasSuffix(suffix) || name.hasSuffix(".position") {
            SpoolFile.remove(name, in: path)
        }
    }

    deinit { close(lock) }

    public var isEmpty: Bool { state.withLock { $0.segments.isEmpty } }
    public var oldest: Segment? { state.withLock { $0.segments.first } }

    /// Keeps a batch. When this returns, it survives a power cut.
    public func append(_ batch: LineBatch) throws(SpoolError) {
        let bytes = SpoolSegment.bytes(of: batch)
        let segment: Segment? = state.withLock { state in
            guard state.byteCount + bytes.count <= limit else { return nil }
            state.byteCount += bytes.count
            defer { state.next += 1 }
            return Segment(number: state.next, byteCount: bytes.count)
        }
        guard let segment else { throw refused(.full) }
        do {
            try SpoolFile.write(bytes, to: name(of: segment), in: path)
        } catch {
            state.withLock { $0.byteCount -= bytes.count }
            throw refused(error)
        }
        state.withLock { state in
            // Two threads may end in another order than they began in.
            let place = state.segments.firstIndex { $0.number > segment.number }
            state.segments.insert(segment, at: place ?? state.segments.count)
        }
        metrics.spooled.increment(by: Int64(batch.lineCount))
        tell()
    }

    /// Reads a segment. One that is damaged is also kept beside the others, for who wants to see
    /// what is left of it, as long as such take no more room than the spool may; what was lost shows
    /// as a gap.
    ///
    /// - Returns: nil when nothing of it can be read, or the file is gone.
    public func read(_ segment: Segment) throws(SpoolError) -> LineBatch? {
        let bytes = try SpoolFile.read(name(of: segment), in: path)
        let content = bytes.flatMap { SpoolSegment.read($0) }
        if content?.isDamaged ?? true {
            metrics.spoolDamaged.increment()
            logger.error(
                "a segment of the spool is damaged", ("segment", .text(name(of: segment))),
                ("lines", .number(Int64(content?.batch.lineCount ?? 0))))
            if Self.damagedBytes(in: path) + segment.byteCount <= limit {
                SpoolFile.keepAside(name(of: segment), in: path)
            }
            metrics.spoolDamagedBytes.set(Int64(Self.damagedBytes(in: path)))
        }
        return content?.batch
    }

    /// Forgets a segment that was stored.
    public func remove(_ segment: Segment) {
        SpoolFile.remove(name(of: segment), in: path)
        state.withLock { state in
            guard let place = state.segments.firstIndex(of: segment) else { return }
            state.segments.remove(at: place)
            state.byteCount -= segment.byteCount
        }
        tell()
    }

    private func refused(_ error: SpoolError) -> SpoolError {
        metrics.spoolRefusals.increment()
        return error
    }

    private func tell() {
        let (count, bytes) = state.withLock { ($0.segments.count, $0.byteCount) }
        metrics.spoolSegments.set(Int64(count))
        metrics.spoolBytes.set(Int64(bytes))
    }

    private func name(of segment: Segment) -> String { Self.name(of: segment.number) }

    private static let suffix = ".segment"

    private static func name(of number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + suffix
    }

    private static func damagedBytes(in path: String) -> Int {
        let files = (try? SpoolFile.sizes(path)) ?? []
        return files.reduce(0) { $0 + ($1.name.hasSuffix(SpoolFile.damaged) ? $1.byteCount : 0) }
    }

    private static func found(in path: String) throws(SpoolError) -> State {
        var state = State()
        try SpoolFile.removeUnfinished(in: path)
        for (name, byteCount) in try SpoolFile.sizes(path) where name.hasSuffix(suffix) {
            guard let number = UInt64(name.dropLast(suffix.count)) else { continue }
            state.segments.append(Segment(number: number, byteCount: byteCount))
            state.byteCount += byteCount
            state.next = max(state.next, number + 1)
        }
        state.segments.sort { $0.number < $1.number }
        return state
    }
}
