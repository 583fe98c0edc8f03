@testable import HTTPTransport

/// The first line is method, target and version, each further line a field. What the guard lets
/// through is held against the rules, read a second time from the raw lines.
enum HTTPGuardTarget {
    private struct Line {
        var name: [UInt8]
        var value: [UInt8]

        var lowered: [UInt8] { name.map(Self.lower) }

        static func lower(_ byte: UInt8) -> UInt8 {
            (0x41...0x5A).contains(byte) ? byte + 32 : byte
        }

        static func upper(_ byte: UInt8) -> UInt8 {
            (0x61...0x7A).contains(byte) ? byte - 32 : byte
        }
    }

    static func run(_ input: [UInt8]) {
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false)
        let first = (lines.first ?? []).split(separator: 0x20, maxSplits: 2).map(Array.init)
        guard first.count == 3 else { return }
        let fields = lines.dropFirst().map(field)
        let framing = inspect(first, fields)
        if let framing { check(framing, first, fields) }
        let shouted = fields.map { Line(name: $0.name.map(Line.upper), value: $0.value) }
        demand(inspect(first, shouted) == framing, "the case of names is no matter")
        demand(inspect(first, fields.reversed()) == framing, "the order of fields is no matter")
    }

    private static func field(_ line: ArraySlice<UInt8>) -> Line {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        return Line(name: Array(line[..<colon]), value: Array(line[colon...].dropFirst()))
    }

    private static func inspect(_ first: [[UInt8]], _ fields: [Line]) -> RequestGuard.Framing? {
        var headers = HTTPHeaders()
        for field in fields { headers.append(name: field.name, value: field.value) }
        let head = HTTPRequest(
            method: String(decoding: first[0], as: UTF8.self),
            target: String(decoding: first[1], as: UTF8.self), headers: headers)
        return try? RequestGuard().inspect(
            head, version: String(decoding: first[2], as: UTF8.self))
    }

    private static func check(
        _ framing: RequestGuard.Framing, _ first: [[UInt8]], _ fields: [Line]
    ) {
        demand(first[1].first == UInt8(ascii: "/"), "only the origin form")
        demand(first[1].allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x23 }, "visible ASCII")
        for field in fields {
            demand(!field.name.isEmpty, "a field has a name")
            demand(field.name.allSatisfy { (0x21...0x7E).contains($0) }, "a name is visible ASCII")
            let isClean = field.value.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            demand(isClean, "no control characters in a value")
        }
        for name in ["host", "authorization", "cookie", "origin", "content-type"] {
            demand(values(of: name, in: fields).count <= 1, "one of each that decides")
        }
        let lengths = values(of: "content-length", in: fields)
        let encodings = values(of: "transfer-encoding", in: fields)
        demand(lengths.count + encodings.count <= 1, "one word on where the body ends")
        check(framing, length: lengths.first, encoding: encodings.first)
    }

    private static func check(
        _ framing: RequestGuard.Framing, length: String?, encoding: String?
    ) {
        switch framing {
        case .none: demand(length.map { Int($0) == 0 } ?? (encoding == nil), "no body was named")
        case .length(let count): demand(length.flatMap(Int.init) == count, "the length as named")
        case .chunked: demand(encoding?.lowercased() == "chunked", "chunked and nothing else")
        }
    }

    private static func values(of name: String, in fields: [Line]) -> [String] {
        fields.filter { $0.lowered == Array(name.utf8) }.map { field in
            var value = field.value[...]
            while let end = value.last, end == 0x20 || end == 0x09 { value.removeLast() }
            let start = value.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? value.endIndex
            return String(decoding: value[start...], as: UTF8.self)
        }
    }
}
