import Cryptography

extension SharedSecret {
    static let noLockedMemory = "cannot be kept in locked memory; raise `ulimit -l`"

    /// - Returns: nil when no locked memory is left.
    convenience init?(locking bytes: [UInt8]) {
        guard let secret = try? SecretBytes(bytes) else { return nil }
        self.init(secret)
    }
}
