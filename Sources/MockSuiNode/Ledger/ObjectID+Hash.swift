import Cryptography
import SuiProtocol

extension SuiAddress {
    /// - Parameter hash: 32 bytes, as every hash here has.
    init(hash: [UInt8]) {
        do throws(SuiAddressError) {
            try self.init(bytes: hash)
        } catch {
            preconditionFailure("a hash of \(hash.count) bytes")
        }
    }

    static let zero = SuiAddress(hash: [UInt8](repeating: 0, count: 32))

    /// The id of the object made as number `index` in a transaction: BLAKE2b-256 of `0xf1`, the
    /// digest and the number. Source: `Docs/Sources.md#object-ids`.
    static func created(by digest: TransactionDigest, index: UInt64) -> ObjectID {
        let number = withUnsafeBytes(of: index.littleEndian) { Array($0) }
        return ObjectID(hash: BLAKE2b.hash256([0xF1], digest.bytes, number))
    }
}

extension Array where Element == ObjectID {
    /// By their bytes.
    var inOrder: [ObjectID] { sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) } }
}
