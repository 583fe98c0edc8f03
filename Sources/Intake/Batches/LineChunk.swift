/// Lines that were read at one go, with the bytes that they came in.
public struct LineChunk: Sendable {
    public private(set) var lines: [RequestLine] = []
    public private(set) var refused: [RefusedMessage] = []
    /// All lines' bytes, one after the other.
    private var raw: [UInt8] = []
    /// Where each line's bytes end.
    private var ends: [Int] = []

    public init() {}

    public var isEmpty: Bool { lines.isEmpty && refused.isEmpty }
    /// Bytes held, nearly.
    var weight: Int { raw.count + refused.reduce(0) { $0 + $1.raw.count } }

    mutating func append(_ line: RequestLine, _ bytes: UnsafeBufferPointer<UInt8>) {
        lines.append(line)
        raw.append(contentsOf: bytes)
        ends.append(raw.count)
    }

    mutating func append(_ message: RefusedMessage) { refused.append(message) }

    /// What the line at `index` came as.
    func rawLine(_ index: Int) -> ArraySlice<UInt8> {
        raw[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }
}
