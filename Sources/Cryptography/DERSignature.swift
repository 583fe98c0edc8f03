/// An ECDSA signature the way OpenSSL takes it: the DER form of `SEQUENCE { r, s INTEGER }`
/// (RFC 3279, section 2.2.3).
struct DERSignature {
    let bytes: [UInt8]

    /// - Parameter signature: `r ‖ s`, 32 bytes each.
    init(_ signature: [UInt8]) {
        var bytes: [UInt8] = [0x30, 0]
        bytes.reserveCapacity(72)
        Self.append(signature[..<32], to: &bytes)
        Self.append(signature[32...], to: &bytes)
        bytes[1] = UInt8(bytes.count - 2)  // At most 70, so the short form of a length.
        self.bytes = bytes
    }

    private static func append(_ number: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let digits = number.drop { $0 == 0 }
        let needsZero = digits.first.map { $0 >= 0x80 } ?? true  // Else it would be negative.
        bytes.append(0x02)
        bytes.append(UInt8(digits.count + (needsZero ? 1 : 0)))
        if needsZero { bytes.append(0) }
        bytes.append(contentsOf: digits)
    }
}
