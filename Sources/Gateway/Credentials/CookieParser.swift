/// Reads our own cookies out of a `Cookie` header.
///
/// Other applications of the same host may have set anything; what does not bear one of our names
/// is passed over unread. For ours the grammar of RFC 6265, section 4.1.1 holds to the letter, and
/// a name that stands there twice is refused: a site beside ours could have planted the other one.
struct CookieParser: Sendable {
    enum Refusal: Error, Equatable {
        /// Which of ours; never its value.
        case duplicated(CookieKind)
        /// No value that was ever set here.
        case malformed(CookieKind)
    }

    let names: CookieNames

    func parse(_ header: String) throws(Refusal) -> SluiceCookies {
        var cookies = SluiceCookies()
        for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
            let pair = Self.trimmed(pair)
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            guard let kind = names.kind(of: pair[..<equals]) else { continue }
            let value = pair[pair.index(after: equals)...]
            guard cookies[kind] == nil else { throw .duplicated(kind) }
            guard Self.isValue(value) else { throw .malformed(kind) }
            cookies[kind] = String(Substring(value))
        }
        return cookies
    }

    private static func trimmed(_ pair: Substring.UTF8View) -> Substring.UTF8View {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var pair = pair.drop(while: isBlank)
        while let last = pair.last, isBlank(last) { pair.removeLast() }
        return pair
    }

    /// No longer than anything we ever set, and of `cookie-octet` only, which quotes are not.
    private static func isValue(_ value: Substring.UTF8View) -> Bool {
        let others = [UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\\")]
        return (1...4096).contains(value.count)
            && value.allSatisfy { (0x21...0x7E).contains($0) && !others.contains($0) }
    }
}
