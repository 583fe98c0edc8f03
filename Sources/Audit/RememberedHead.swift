import ByteCodecs

/// A head that is known from outside the database, and the key that sealed it: so that a sealer
/// with a new key can follow one with an older.
struct RememberedHead: Equatable, Sendable {
    var head: AuditHead
    /// 32 bytes.
    var publicKey: [UInt8]

    var line: [UInt8] { Array("\(head) \(Hex.encode(publicKey))\n".utf8) }
}

extension RememberedHead {
    init?(line: some Collection<UInt8>) {
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let head = AuditHead(String(parts[0])),
            let key = try? Hex.decode(parts[1]), key.count == 32
        else { return nil }
        self.init(head: head, publicKey: key)
    }
}

extension AuditSeal {
    var remembered: RememberedHead { RememberedHead(head: head, publicKey: publicKey) }
}
