@testable import Gateway

/// A `Cookie` header, read a second time by splitting it naively: what the parser answers must be
/// what stands there, once.
enum CookieTarget {
    static func run(_ input: [UInt8]) {
        let header = String(decoding: input, as: UTF8.self)
        check(header, names: CookieNames(secure: true))
        check(header, names: CookieNames(secure: false))
    }

    private static func check(_ header: String, names: CookieNames) {
        let cookies = try? CookieParser(names: names).parse(header)
        let extended = try? CookieParser(names: names).parse(header + "; other=1")
        demand(extended == cookies, "another site's cookie changes nothing")
        for kind in CookieKind.allCases {
            let found = values(of: names.name(of: kind), in: header)
            guard let cookies else { continue }
            demand(found.count <= 1, "a name that stands there twice is refused")
            demand(found.first == cookies[kind].map { Array($0.utf8) }, "the value as sent")
            demand(found.first?.allSatisfy(isOctet) ?? true, "cookie-octets only")
            guard cookies[kind] != nil else { continue }
            let doubled = header + ";\(names.name(of: kind))=x"
            demand((try? CookieParser(names: names).parse(doubled)) == nil, "twice is refused")
        }
    }

    private static func values(of name: String, in header: String) -> [[UInt8]] {
        Array(header.utf8).split(separator: UInt8(ascii: ";")).compactMap { pair in
            let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
            let start = pair.firstIndex { !isBlank($0) } ?? pair.endIndex
            let end = pair.lastIndex { !isBlank($0) } ?? start
            guard start < pair.endIndex else { return nil }
            let mark = Array((name + "=").utf8)
            let text = Array(pair[start...end])
            return text.starts(with: mark) ? Array(text.dropFirst(mark.count)) : nil
        }
    }

    /// RFC 6265 section 4.1.1.
    private static func isOctet(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: true
        default: false
        }
    }
}
