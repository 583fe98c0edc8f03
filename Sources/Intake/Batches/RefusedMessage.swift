/// What came and is no line that counts, kept to be looked at.
public struct RefusedMessage: Hashable, Sendable {
    /// Bytes kept of it at most: what the table takes.
    public static let keptCount = 8192

    public let source: String
    public let code: String
    public let detail: String
    /// Cut at ``keptCount``.
    public let raw: [UInt8]
    public let isCut: Bool

    /// - Parameter isCut: of bytes that are not all that came.
    public init(
        source: String, _ reason: QuarantineReason, raw: some Collection<UInt8>,
        isCut: Bool = false
    ) {
        self.init(
            source: source, code: reason.code, detail: reason.description, raw: raw, isCut: isCut)
    }

    /// As it was kept.
    init(
        source: String, code: String, detail: String, raw: some Collection<UInt8>, isCut: Bool
    ) {
        self.source = source
        self.code = code
        self.detail = detail
        self.raw = Array(raw.prefix(Self.keptCount))
        self.isCut = isCut || raw.count > Self.keptCount
    }
}
