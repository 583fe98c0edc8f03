public import Cryptography
public import Determinism
public import Identifiers
public import Services

/// Seals API keys for `ma_vault.csv`, under `VAULT_KEY`. Whoever reads the table opens them with
/// the customer of the same row: a key moved to another customer's row does not open.
public struct VaultKeySealer: Sendable {
    private let sealer: SecretSealer

    /// - Parameter sealer: with `VAULT_KEY`, older ones after it.
    public init(_ sealer: SecretSealer) { self.sealer = sealer }

    /// Of the `VAULT_KEY` that seals.
    var version: Int { sealer.version }

    /// - Returns: `IV:authTag:ciphertext`, after `v2:` and so on for later keys, for the key's column of the database; not made again.
    public func seal(
        _ key: APIKey, of customer: CustomerID, _ surroundings: Surroundings
    ) throws(CryptographyError) -> String {
        try sealer.seal(Array(key.text.utf8), context: Self.context(customer), surroundings)
    }

    /// - Throws: what ``SecretSealer/open(_:context:)`` throws;
    ///   ``CryptographyError/sealedTextMalformed`` when what was sealed is no API key.
    public func open(
        _ text: String, of customer: CustomerID
    ) throws(CryptographyError) -> APIKey {
        let characters = try sealer.open(text, context: Self.context(customer)).copy()
        do {
            return try APIKey(parsing: String(decoding: characters, as: UTF8.self))
        } catch {
            throw .sealedTextMalformed
        }
    }

    /// The additional data: `ma_vault.<customer_id>.encrypted_key`.
    static func context(_ customer: CustomerID) -> String {
        "ma_vault.\(customer).encrypted_key"
    }
}
