import ByteCodecs

/// Where a request stands in somebody's distributed trace.
/// Source: W3C Trace Context, https://www.w3.org/TR/trace-context/, section 3.2.
struct TraceParent: Equatable, Sendable {
    /// 32 lower-case hex digits, not all zero.
    var traceID: String
    /// 16 lower-case hex digits of whoever called us; nil when the trace begins here.
    var parentID: String?
    /// 2 hex digits; `01` is sampled.
    var flags = "00"

    init(traceID: String) {
        self.traceID = traceID
    }

    /// Nil for anything malformed, whereupon a new trace begins. A version above 00 may carry more
    /// behind a dash.
    init?(_ field: String) {
        let parts = field.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff",
            parts[0] != "00" || parts.count == 4,
            Self.isHex(parts[1], 32), Self.isHex(parts[2], 16), Self.isHex(parts[3], 2),
            parts[1].utf8.contains(where: { $0 != 0x30 }),
            parts[2].utf8.contains(where: { $0 != 0x30 })
        else { return nil }
        traceID = String(parts[1])
        parentID = String(parts[2])
        flags = String(parts[3])
    }

    /// The field for calls that this request makes, with `span` as their parent.
    ///
    /// - Parameter span: 8 bytes, not all zero.
    func field(span: [UInt8]) -> String {
        "00-\(traceID)-\(Hex.encode(span))-\(flags)"
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
