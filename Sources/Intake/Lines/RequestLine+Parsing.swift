import Determinism
import Identifiers

extension RequestLine {
    /// HAProxy is told to cut lines at this length; ours have less than half of it.
    public static let maximumCount = 2048

    /// Reads one line, with or without a newline at its end.
    ///
    /// Strict: the members of ``LineField`` in their order, without white space, and nothing else.
    ///
    /// - Throws: ``LineRefusal``. Of several faults the first, except that a NUL byte or a text
    ///   that is not UTF-8 is named before any other.
    public init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(LineRefusal) {
        let isEnded = bytes.last == UInt8(ascii: "\n")
        let line = isEnded ? UnsafeBufferPointer(rebasing: bytes.dropLast()) : bytes
        guard !line.isEmpty else { throw .empty }
        guard line.count <= Self.maximumCount else {
            throw .tooLong(maximum: Self.maximumCount, actual: line.count)
        }
        do {
            self = try Self.read(line)
        } catch {
            // All that is taken is ASCII, so only what is refused need be looked at again.
            throw Self.encodingFault(of: line) ?? error
        }
    }

    /// As the other.
    public init(parsing bytes: [UInt8]) throws(LineRefusal) {
        let result = bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(LineRefusal) in try RequestLine(parsing: bytes) }
        }
        self = try result.get()
    }

    private static func read(
        _ line: UnsafeBufferPointer<UInt8>
    ) throws(LineRefusal) -> RequestLine {
        var scanner = LineScanner(line)
        guard scanner.skip("{") else { throw .notAnObject }
        try name(scanner.skip("\"v\":"), .version)
        guard try scanner.number(.version, upTo: .max) == 1 else { throw .unsupportedVersion }
        try name(scanner.skip(",\"time\":"), .time)
        let time = try scanner.number(.time, upTo: latestTime)
        try name(scanner.skip(",\"id\":"), .id)
        guard let id = LineID(try scanner.text(.id, upTo: LineID.textCount, where: isUUID)) else {
            throw .malformed(.id)
        }
        try name(scanner.skip(",\"edge\":"), .edge)
        let edge = string(try scanner.text(.edge, upTo: 64, where: isName))
        try name(scanner.skip(",\"frontend\":"), .frontend)
        let frontend = string(try scanner.text(.frontend, upTo: 64, where: isName))
        let (start, number) = try place(&scanner)
        let (key, service, method) = try subject(&scanner)
        try name(scanner.skip(",\"status\":"), .status)
        let status = try status(&scanner)
        try name(scanner.skip(",\"in\":"), .bytesIn)
        let bytesIn = try scanner.number(.bytesIn, upTo: mostBytes)
        try name(scanner.skip(",\"out\":"), .bytesOut)
        let bytesOut = try scanner.number(.bytesOut, upTo: mostBytes)
        let times = try times(&scanner)
        guard scanner.skip("}"), scanner.isAtEnd else {
            throw .trailingBytes(offset: scanner.position)
        }
        return RequestLine(
            time: Timestamp(milliseconds: time), id: id, edge: edge, frontend: frontend,
            start: start, number: number, key: key, service: service, method: method,
            status: status, bytesIn: bytesIn, bytesOut: bytesOut, times: times)
    }

    private static func place(
        _ scanner: inout LineScanner
    ) throws(LineRefusal) -> (HAProxyStart, UInt32) {
        try name(scanner.skip(",\"start\":"), .start)
        let microseconds = try scanner.number(.start, upTo: latestTime * 1000)
        try name(scanner.skip(",\"pid\":"), .process)
        let process = try scanner.number(.process, upTo: Int64(Int32.max))
        try name(scanner.skip(",\"lc\":"), .number)
        let number = try scanner.number(.number, upTo: Int64(UInt32.max))
        return (HAProxyStart(microseconds: microseconds, process: process), UInt32(number))
    }

    private static func subject(
        _ scanner: inout LineScanner
    ) throws(LineRefusal) -> (APIKeyHash?, String?, String?) {
        try name(scanner.skip(",\"key\":"), .key)
        let digits = try scanner.text(.key, upTo: APIKeyHash.hexCount, where: isUUID)
        let key = APIKeyHash(hex: digits)
        guard key != nil || isAbsent(digits) else { throw .malformed(.key) }
        try name(scanner.skip(",\"service\":"), .service)
        let service = try scanner.text(.service, upTo: 32, where: isName)
        try name(scanner.skip(",\"method\":"), .method)
        let method = try scanner.text(.method, upTo: 16, where: isToken)
        return (
            key, isAbsent(service) ? nil : string(service), isAbsent(method) ? nil : string(method)
        )
    }

    private static func status(_ scanner: inout LineScanner) throws(LineRefusal) -> Int? {
        guard let status = try scanner.optionalNumber(.status, upTo: 599) else { return nil }
        guard status != 0 else { return nil }  // A connection that never was a request.
        guard status >= 100 else { throw .outOfRange(.status) }
        return Int(status)
    }

    private static func times(_ scanner: inout LineScanner) throws(LineRefusal) -> RequestTimes {
        try name(scanner.skip(",\"request\":"), .request)
        let request = try scanner.optionalNumber(.request, upTo: Int64(Int32.max))
        try name(scanner.skip(",\"queue\":"), .queue)
        let queue = try scanner.optionalNumber(.queue, upTo: Int64(Int32.max))
        try name(scanner.skip(",\"connect\":"), .connect)
        let connect = try scanner.optionalNumber(.connect, upTo: Int64(Int32.max))
        try name(scanner.skip(",\"response\":"), .response)
        let response = try scanner.optionalNumber(.response, upTo: Int64(Int32.max))
        try name(scanner.skip(",\"active\":"), .active)
        let active = try scanner.optionalNumber(.active, upTo: Int64(Int32.max))
        return RequestTimes(
            request: request, queue: queue, connect: connect, response: response, active: active)
    }

    private static func name(_ isThere: Bool, _ field: LineField) throws(LineRefusal) {
        guard isThere else { throw .missing(field) }
    }

    private static func string(_ text: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: text, as: UTF8.self)
    }

    /// HAProxy's word for what is not known.
    private static func isAbsent(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count == 1 && text[0] == UInt8(ascii: "-")
    }

    private static func encodingFault(of line: UnsafeBufferPointer<UInt8>) -> LineRefusal? {
        if let offset = line.firstIndex(of: 0) { return .nulByte(offset: offset) }
        return String(validating: line, as: UTF8.self) == nil ? .invalidUTF8 : nil
    }

    /// The last millisecond of the year 9999.
    private static let latestTime: Int64 = 253_402_300_799_999
    /// A petabyte: no request has more, and the sum of eight thousand such lines still fits.
    static let mostBytes: Int64 = 1 << 50
}

private func isUUID(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte) || byte == UInt8(ascii: "-")
}

private func isName(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
}

/// RFC 9110, section 5.6.2.
func isToken(_ byte: UInt8) -> Bool {
    if isName(byte) { return true }
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
        UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"),
        UInt8(ascii: "~"):
        return true
    default: return false
    }
}
