import ByteCodecs

/// How large a call's body may be.
struct BodyLimits: Sendable {
    /// One more is 413.
    var bytes: Int
    var json: JSONLimits

    static let standard = BodyLimits(bytes: 64 << 10, json: .standard)
}
