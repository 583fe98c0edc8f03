import ByteCodecs

/// Bounds of the curve over which zkLogin's proofs are made. Source: `Docs/Sources.md#zklogin`.
enum BN254 {
    case scalarField
    case baseField

    /// A decimal number below the field's order, in its one spelling, as 32 bytes big-endian.
    func element(_ text: String) throws(SuiSignatureError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try DecimalInteger.bigEndianBytes(of: text)
        } catch {
            throw .zkLoginNumber
        }
        guard contains(bytes) else { throw .zkLoginNumber }
        return bytes
    }

    /// - Parameter bytes: 32, big-endian.
    func contains(_ bytes: [UInt8]) -> Bool {
        bytes.lexicographicallyPrecedes(order)
    }

    private var order: [UInt8] {
        switch self {
        case .scalarField: Self.scalarOrder
        case .baseField: Self.baseOrder
        }
    }

    // 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001
    private static let scalarOrder: [UInt8] = [
        0x30, 0x64, 0x4E, 0x72, 0xE1, 0x31, 0xA0, 0x29, 0xB8, 0x50, 0x45, 0xB6, 0x81, 0x81, 0x58,
        0x5D, 0x28, 0x33, 0xE8, 0x48, 0x79, 0xB9, 0x70, 0x91, 0x43, 0xE1, 0xF5, 0x93, 0xF0, 0x00,
        0x00, 0x01,
    ]

    // 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47
    private static let baseOrder: [UInt8] = [
        0x30, 0x64, 0x4E, 0x72, 0xE1, 0x31, 0xA0, 0x29, 0xB8, 0x50, 0x45, 0xB6, 0x81, 0x81, 0x58,
        0x5D, 0x97, 0x81, 0x6A, 0x91, 0x68, 0x71, 0xCA, 0x8D, 0x3C, 0x20, 0x8C, 0x16, 0xD8, 0x7C,
        0xFD, 0x47,
    ]
}
