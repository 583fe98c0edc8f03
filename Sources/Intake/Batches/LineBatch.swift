public import Determinism
import Identifiers

/// Lines that are stored together, and what has been put aside among them.
public struct LineBatch: Sendable {
    /// Tells it from other batches, so that what is put aside of it is put aside once.
    public let id: [UInt8]
    /// Where it came in, as `tcp 127.0.0.1:5514`.
    public let source: String
    public let receivedAt: Timestamp
    public private(set) var chunks: [LineChunk] = []
    public private(set) var lineCount = 0
    public private(set) var refusedCount = 0
    private(set) var weight = 0
    /// Its place among all that the queue gave out; 0 for one that came another way.
    var number = 0
    /// To be called once all of it is stored or in the spool.
    var onKept: [@Sendable () -> Void] = []

    public init(source: String, _ surroundings: Surroundings) {
        self.init(
            id: UUIDv7(from: surroundings).bytes, source: source, receivedAt: surroundings.now())
    }

    /// As it was kept.
    init(id: [UInt8], source: String, receivedAt: Timestamp) {
        self.id = id
        self.source = source
        self.receivedAt = receivedAt
    }

    public var isEmpty: Bool { lineCount == 0 && refusedCount == 0 }

    public mutating func append(_ chunk: LineChunk) {
        guard !chunk.isEmpty else { return }
        chunks.append(chunk)
        lineCount += chunk.lines.count
        refusedCount += chunk.refused.count
        weight += chunk.weight
    }

    /// Visits all lines in order, with their places.
    func forEachLine(in range: Range<Int>, _ body: (Int, RequestLine) -> Void) {
        var start = 0
        for chunk in chunks {
            let places = range.clamped(to: start..<start + chunk.lines.count)
            for place in places { body(place, chunk.lines[place - start]) }
            start += chunk.lines.count
        }
    }

    /// What the line at a place came as.
    func rawLine(_ place: Int) -> ArraySlice<UInt8> {
        var start = 0
        for chunk in chunks {
            if place < start + chunk.lines.count { return chunk.rawLine(place - start) }
            start += chunk.lines.count
        }
        return []
    }

    /// An id for what is put aside, always the same for the same place in the batch.
    func quarantineID(_ place: Int) -> [UInt8] {
        // The last bytes are random, and sixteen million places fit into three.
        var bytes = id
        for (index, shift) in [(13, 16), (14, 8), (15, 0)] {
            bytes[index] ^= UInt8(truncatingIfNeeded: place >> shift)
        }
        return bytes
    }
}
