extension Logger {
    /// A logger whose lines carry the trace id of a `traceparent` field, as `traceId`; the same
    /// logger where there is no such field, or none that is well-formed.
    /// Source: W3C Trace Context, https://www.w3.org/TR/trace-context/, section 3.2.
    public func with(traceparent: String?) -> Logger {
        let parts = traceparent?.split(separator: "-", omittingEmptySubsequences: false) ?? []
        guard parts.count >= 4, Self.isTraceID(parts[1]) else { return self }
        return with(("traceId", .text(String(parts[1]))))
    }

    /// 32 lower-case hex digits.
    private static func isTraceID(_ text: Substring) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
