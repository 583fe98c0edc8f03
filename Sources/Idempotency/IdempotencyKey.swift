import Cryptography

/// The name that a caller gives to a request, so that sending it again does nothing twice.
public struct IdempotencyKey: Hashable, Sendable {
    /// Who calls, as `customer/42`, or a service's own name. Nobody meets another's keys.
    public var caller: String
    /// Method and path of the call, as `POST /v1/charges`.
    public var route: String
    /// 1 to 255 visible ASCII characters.
    public var key: String
    /// SHA-256 of the request's body.
    public var bodyHash: [UInt8]

    public init(caller: String, route: String, key: String, bodyHash: [UInt8]) {
        self.caller = caller
        self.route = route
        self.key = key
        self.bodyHash = bodyHash
    }

    /// Names the advisory lock of whoever is at work under this key. Half of a cryptographic hash,
    /// so that no client can choose a key whose lock is another's, or one of our own.
    var lock: Int64 {
        let name = [caller, route, key].map { Array($0.utf8) }.joined(separator: [0])
        return SHA256.hash(Array(name)).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}
