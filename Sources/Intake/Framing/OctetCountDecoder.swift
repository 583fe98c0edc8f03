/// Takes a stream of octet-counted messages apart (RFC 6587, section 3.4.1): a length in decimal,
/// a space, that many bytes. Holds at most one message; hands over messages that lie whole in what
/// was received without copying them.
public struct OctetCountDecoder: Sendable {
    /// What a stream brings.
    public enum Message {
        /// Valid for as long as the call that brings it.
        case whole(UnsafeBufferPointer<UInt8>)
        /// Longer than may be; passed over, so that the stream goes on. With its first bytes.
        case tooLong(count: Int, beginning: [UInt8])
    }

    public static let standardMaximumCount = 8192
    /// What is kept of a message that is too long.
    public static let keptCount = 256
    /// A longer one is taken for a stream that is something else: 9 digits, below 1 GB.
    private static let digitLimit = 9

    private let maximumCount: Int
    private var state = State.length(0, digits: 0)
    private var held: [UInt8] = []

    private enum State {
        case length(Int, digits: Int)
        case content(missing: Int)
        case passing(count: Int, missing: Int)
        case broken(FramingError)
    }

    /// - Parameter maximumCount: bytes of a message.
    public init(maximumCount: Int = standardMaximumCount) { self.maximumCount = maximumCount }

    /// Bytes held for a message that has not come whole.
    public var heldCount: Int { held.count }

    /// Whether the stream may end here without cutting a message.
    public var isBetweenMessages: Bool {
        if case .length(_, digits: 0) = state { true } else { false }
    }

    /// - Parameter take: called for each message, in order, before this returns.
    /// - Throws: ``FramingError``, now and at every later call: where the next message begins is
    ///   then not known, and the connection has to end. What came before has been taken.
    public mutating func receive(
        _ bytes: UnsafeBufferPointer<UInt8>, _ take: (Message) -> Void
    ) throws(FramingError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .length(let value, let digits): try readLength(&rest, value, digits)
            case .content(let missing): readContent(&rest, missing, take)
            case .passing(let count, let missing): pass(&rest, count, missing, take)
            case .broken(let error): throw error
            }
        }
    }

    private mutating func readLength(
        _ rest: inout Slice<UnsafeBufferPointer<UInt8>>, _ value: Int, _ digits: Int
    ) throws(FramingError) {
        let byte = rest[rest.startIndex]
        switch byte {
        case UInt8(ascii: " ") where digits > 0:
            state =
                value <= maximumCount
                ? .content(missing: value) : .passing(count: value, missing: value)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard digits > 0 || byte != UInt8(ascii: "0") else { throw broken(.lengthExpected) }
            guard digits < Self.digitLimit else { throw broken(.lengthTooLong) }
            state = .length(value * 10 + Int(byte - 48), digits: digits + 1)
        default: throw broken(.lengthExpected)
        }
        rest = rest.dropFirst()
    }

    private mutating func readContent(
        _ rest: inout Slice<UnsafeBufferPointer<UInt8>>, _ missing: Int, _ take: (Message) -> Void
    ) {
        let part = rest.prefix(missing)
        rest = rest.dropFirst(missing)
        guard part.count == missing else {
            held.append(contentsOf: part)
            state = .content(missing: missing - part.count)
            return
        }
        state = .length(0, digits: 0)
        guard !held.isEmpty else { return take(.whole(UnsafeBufferPointer(rebasing: part))) }
        held.append(contentsOf: part)
        held.withUnsafeBufferPointer { take(.whole($0)) }
        held.removeAll(keepingCapacity: true)
    }

    private mutating func pass(
        _ rest: inout Slice<UnsafeBufferPointer<UInt8>>, _ count: Int, _ missing: Int,
        _ take: (Message) -> Void
    ) {
        let part = rest.prefix(missing)
        rest = rest.dropFirst(missing)
        held.append(contentsOf: part.prefix(Self.keptCount - held.count))
        guard part.count == missing else {
            state = .passing(count: count, missing: missing - part.count)
            return
        }
        state = .length(0, digits: 0)
        take(.tooLong(count: count, beginning: held))
        held.removeAll(keepingCapacity: true)
    }

    private mutating func broken(_ error: FramingError) -> FramingError {
        state = .broken(error)
        held = []
        return error
    }
}
