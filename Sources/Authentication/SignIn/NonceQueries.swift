import Determinism
import Storage
import SuiProtocol

/// A challenge as stored and, when used, deleted.
struct NonceRow: SQLRow {
    /// Nil for a template.
    var boundAddress: SuiAddress?
    var message: String
    var expiresAt: Timestamp

    init(from columns: inout SQLColumns) throws(StorageError) {
        let address: [UInt8]? = try columns.next()
        boundAddress = address.flatMap { try? SuiAddress(bytes: $0) }
        message = try columns.next()
        expiresAt = try columns.next()
    }
}

extension Database {
    /// Stores a challenge unless its client already has as many live ones as allowed. One gateway's
    /// challenges see each other; those that another gateway is just committing are not seen, so
    /// a client may get a group of them more for each further gateway.
    ///
    /// - Returns: whether it was stored.
    func insertNonce(
        _ nonce: String, tokenHash: [UInt8], address: SuiAddress?, message: String,
        clientNetwork: String?, issuedAt: Timestamp, expiresAt: Timestamp, liveLimit: Int64
    ) async throws(StorageError) -> Bool {
        try await sharing(nonce).execute(
            """
            INSERT INTO auth_nonces
                (nonce, token_hash, wallet_address, message, client_network, issued_at, expires_at)
            SELECT \(nonce), \(tokenHash), \(address?.bytes), \(message), \(clientNetwork),
                \(issuedAt), \(expiresAt)
             WHERE (SELECT count(*) FROM (
                        SELECT 1 FROM auth_nonces
                         WHERE client_network = \(clientNetwork) AND expires_at > \(issuedAt)
                         LIMIT \(liveLimit)) AS live) < \(liveLimit)
            """) == 1
    }

    /// Takes the challenge away from everybody else: of a thousand callers one gets the row.
    /// Another browser's token matches no row, and so burns nothing.
    func consumeNonce(
        _ nonce: String, tokenHash: [UInt8]
    ) async throws(StorageError) -> NonceRow? {
        try await sharing(nonce).first(
            """
            DELETE FROM auth_nonces WHERE nonce = \(nonce) AND token_hash = \(tokenHash)
            RETURNING wallet_address, message, expires_at
            """)
    }

    /// With the challenges and sign-ins of others that come at the same moment.
    private func sharing(_ nonce: String) -> SharedCommit {
        sharingCommit(inOrderOf: Array("nonce \(nonce)".utf8))
    }
}
