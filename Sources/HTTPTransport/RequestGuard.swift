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
        guard known.hasHost || version == "HTTP/1.0" else { throw .hostMissing }
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
        guard let query = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return false }
        return target.utf8.count > 2 * targetLimit
            || hasTooManyParameters(target.utf8[query...])
    }

    private func hasTooManyParameters(_ query: Substring.UTF8View) -> Bool {
        query.lazy.filter { $0 == UInt8(ascii: "&") }.count >= parameterLimit
    }

    private func check(target: String) throws(TransportRefusal) {
        guard target.utf8.count <= targetLimit, !hasTooManyParameters(target.utf8[...]) else {
            throw .targetTooLong
        }
        guard target.utf8.first == UInt8(ascii: "/") else { throw .targetInvalid }
        for byte in target.utf8 where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") {
            throw .targetInvalid
        }
    }

    private func collect(_ headers: HTTPHeaders) throws(TransportRefusal) -> FramingHeaders {
        var known = FramingHeaders()
        var seen: UInt32 = 0
        for field in headers.fields {
            guard ASCII.isToken(headers.nameBytes(field)) else { throw .headMalformed }
            for byte in headers.valueBytes(field) where !ASCII.isFieldByte(byte) {
                throw .headerValueInvalid
            }
            try known.note(field, of: headers)
            guard let index = singletonIndex(field, of: headers) else { continue }
            guard seen & 1 << index == 0 else {
                throw .headerDuplicated(TransportRefusal.HeaderName.allCases[Int(index)])
            }
            seen |= 1 << index
        }
        return known
    }

    private static let singletons = TransportRefusal.HeaderName.allCases.map(\.rawValue)

    private func singletonIndex(
        _ field: HTTPHeaders.Field, of headers: HTTPHeaders
    ) -> UInt32? {
        Self.singletons.firstIndex { headers.matches(field, $0) }.map { UInt32($0) }
    }
}

/// The few fields on which the end of a request depends.
private struct FramingHeaders {
    private var lengths = 0
    private var encodings = 0
    private var length: ArraySlice<UInt8> = []
    private var isChunked = false
    private(set) var isExpectationKnown = true
    private(set) var hasHost = false

    mutating func note(
        _ field: HTTPHeaders.Field, of headers: HTTPHeaders
    ) throws(TransportRefusal) {
        if headers.matches(field, "Content-Length") {
            lengths += 1
            length = headers.valueBytes(field)
        } else if headers.matches(field, "Transfer-Encoding") {
            encodings += 1
            isChunked = ASCII.equalIgnoringCase(
                headers.bytes, field.valueStart..<field.end, "chunked")
        } else if headers.matches(field, "Expect") {
            isExpectationKnown = ASCII.equalIgnoringCase(
                headers.bytes, field.valueStart..<field.end, "100-continue")
        } else if headers.matches(field, "Host") {
            hasHost = true
        }
    }

    func framing(version: String) throws(TransportRefusal) -> RequestGuard.Framing {
        guard lengths + encodings <= 1 else { throw .framingAmbiguous }
        if encodings == 1 {
            guard isChunked else { throw .transferEncodingUnsupported }
            // HTTP/1.0 knows no chunks; a peer that forwards them there is broken or hostile.
            guard version == "HTTP/1.1" else { throw .framingAmbiguous }
            return .chunked
        }
        guard lengths == 1 else { return .none }
        guard (1...18).contains(length.count), length.allSatisfy({ 48...57 ~= $0 }) else {
            throw .contentLengthInvalid
        }
        let value = length.reduce(0) { $0 * 10 + Int($1 - 48) }
        return value == 0 ? .none : .length(value)
    }
}
