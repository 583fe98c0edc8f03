import Cryptography
import Determinism
import Storage

/// A key as stored: the private half sealed.
struct SigningKeyRow: SQLRow {
    var id: String
    var publicKey: [UInt8]
    var sealedPrivateKey: String
    var signsFrom: Timestamp
    var verifiesUntil: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.next()
        publicKey = try columns.next()
        sealedPrivateKey = try columns.next()
        signsFrom = try columns.next()
        verifiesUntil = try columns.next()
    }

    /// Where the private half stands, so that it opens nowhere else.
    static func sealingContext(_ id: String) -> String { "signing_keys.\(id).private_key" }

    /// - Throws: ``SigningKeyError/cannotUnseal(keyID:)`` when it was sealed with another key, or
    ///   when what it holds is not the private half of the public key beside it.
    func opened(by sealer: SecretSealer) throws(SigningKeyError) -> SigningKey {
        let key: Ed25519SigningKey
        do {
            let seed = try sealer.open(sealedPrivateKey, context: Self.sealingContext(id))
            key = try Ed25519SigningKey(seed: seed)
        } catch .lockedMemoryExhausted, .libraryFailure {
            throw .memoryExhausted
        } catch {
            throw .cannotUnseal(keyID: id)
        }
        guard key.publicKey == publicKey else { throw .cannotUnseal(keyID: id) }
        return SigningKey(
            id: id, material: .ed25519(key), signsFrom: signsFrom, verifiesUntil: verifiesUntil)
    }
}

extension [SigningKeyRow] {
    /// Why one of these is not ours to go on with; nil when all open.
    func objection(by sealer: SecretSealer) -> SigningKeyError? {
        for row in self {
            do {
                _ = try row.opened(by: sealer)
            } catch {
                return error
            }
        }
        return nil
    }
}
