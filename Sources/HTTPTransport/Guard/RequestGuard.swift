/// The rules that every request head must meet before anything else looks at it.
///
/// The parser underneath is lax where proxies are strict; each difference is a way to smuggle a
/// second request past whatever stands in front. So what two readers could read differently is
/// refused here. Pure, so that it can be tested and fuzzed without a socket.
public struct RequestGuard: Sendable {
    /// Bytes of the target; more is 414.
    public var targetLimit = 4096
    /// Parameters of the query; more is 414.
    public var parameterLimit = 64
    /// Bytes of all names and values together; more is 431. A connection's memory holds this, the
    /// parser's notes on each field and the head of the answer.
    public var headerBytesLimit = 8 << 10
    /// Fields; more is 431.
    public var headerCountLimit = 64

    /// Bytes of a method; the longest one registered has 17 (`UPDATEREDIRECTREF`).
    public static let methodLimit = 24

    public init() {}

    /// How the end of a body is known (RFC 9112 section 6).
    public enum Framing: Hashable, Sendable {
        case none
        case length(Int)
        case chunked
    }

    /// - Parameter version: the protocol as sent, `HTTP/1.1`.
    /// - Returns: where the body ends.
    public func inspect(
        _ head: HTTPRequest, version: String
    ) throws(TransportRefusal) -> Framing {
        try check(method: head.method)
        try check(target: head.target)
        guard head.headers.count <= headerCountLimit,
            head.headers.bytes.count <= headerBytesLimit
        else { throw .headersTooLarge }
        let known = try collect(head.headers)
        // HTTP/1.0 has no `Host`, and a proxy's health check may speak it.
        guard known.has(.host) || version == "HTTP/1.0" else { throw .hostMissing }
        guard known.isExpectationKnown else { throw .expectationUnsupported }
        return try known.framing(version: version)
    }

    private func check(method: String) throws(TransportRefusal) {
        guard ASCII.isToken(method.utf8) else { throw .headMalformed }
        guard method.utf8.count <= Self.methodLimit else { throw .methodUnsupported }
    }

    /// Whether the parser's notes on the parameters (64 bytes on each) might not fit in beside the
    /// target. Of those that do, too long a target is still refused, once its head is read.
    func isTooMuchToParse(_ target: String) -> Bool {
        guard target.utf8.contains(UInt8(ascii: "?")) else { return false }
        return target.utf8.count > 2 * targetLimit || parameterCount(of: target) > parameterLimit
    }

    private func parameterCount(of target: String) -> Int {
        var count = 0
        for byte in target.utf8 {
            if byte == UInt8(ascii: "?"), count == 0 { count = 1 }
            if byte == UInt8(ascii: "&"), count > 0 { count += 1 }
        }
        return count
    }

    private func check(target: String) throws(TransportRefusal) {
        guard target.utf8.count <= targetLimit, parameterCount(of: target) <= parameterLimit
        else { throw .targetTooLong }
        guard target.utf8.first == UInt8(ascii: "/") else { throw .targetInvalid }
        for byte in target.utf8 where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") {
            throw .targetInvalid
        }
    }

    private func collect(_ headers: HTTPHeaders) throws(TransportRefusal) -> FramingHeaders {
        try headers.bytes.withUnsafeBufferPointer { bytes throws(TransportRefusal) in
            var known = FramingHeaders()
            for field in headers.fields {
                let name = UnsafeBufferPointer(rebasing: bytes[field.nameStart..<field.valueStart])
                let value = UnsafeBufferPointer(rebasing: bytes[field.valueStart..<field.end])
                guard ASCII.isToken(name) else { throw .headMalformed }
                guard ASCII.isFieldValue(value) else { throw .headerValueInvalid }
                if let guarded = GuardedField(name: name) { try known.note(guarded, value) }
            }
            return known
        }
    }
}

/// The few fields on which the end of a request depends, and which were there at all.
private struct FramingHeaders {
    private var seen: UInt32 = 0
    /// Nil where the value is no number.
    private var length: Int?
    private var isChunked = false
    private(set) var isExpectationKnown = true

    func has(_ field: GuardedField) -> Bool { seen & 1 << field.rawValue != 0 }

    mutating func note(
        _ field: GuardedField, _ value: UnsafeBufferPointer<UInt8>
    ) throws(TransportRefusal) {
        guard !has(field) else { throw field.repetition }
        seen |= 1 << field.rawValue
        switch field {
        case .contentLength: length = Self.length(value)
        case .transferEncoding: isChunked = ASCII.equalIgnoringCase(value, "chunked")
        case .expect: isExpectationKnown = ASCII.equalIgnoringCase(value, "100-continue")
        default: break
        }
    }

    func framing(version: String) throws(TransportRefusal) -> RequestGuard.Framing {
        if has(.transferEncoding) {
            guard !has(.contentLength) else { throw .framingAmbiguous }
            guard isChunked else { throw .transferEncodingUnsupported }
            // HTTP/1.0 knows no chunks; a peer that forwards them there is broken or hostile.
            guard version == "HTTP/1.1" else { throw .framingAmbiguous }
            return .chunked
        }
        guard has(.contentLength) else { return .none }
        guard let length else { throw .contentLengthInvalid }
        return length == 0 ? .none : .length(length)
    }

    private static func length(_ value: UnsafeBufferPointer<UInt8>) -> Int? {
        guard (1...18).contains(value.count), value.allSatisfy({ 48...57 ~= $0 }) else {
            return nil
        }
        return value.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
