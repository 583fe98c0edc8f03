import COpenSSL
import Synchronization

/// HMAC (RFC 2104) with SHA-256. An instance keeps its key expanded, for many codes under one key.
public final class HMACSHA256: Sendable {
    private let state: Mutex<State>

    /// - Parameter key: any length; RFC 2104 advises 32 bytes or more.
    /// - Throws: ``CryptographyError/libraryFailure(function:)`` without memory.
    public convenience init(key: borrowing SecretBytes) throws(CryptographyError) {
        self.init(
            state: try key.withUnsafeBytes { key throws(CryptographyError) in try State(key) })
    }

    private init(state: consuming sending State) {
        self.state = Mutex(state)
    }

    /// 32 bytes.
    public func code(for message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try state.withLock { state throws(CryptographyError) in try state.code(for: message) }
    }

    /// One code, 32 bytes, under a key used once.
    public static func code(
        for message: [UInt8], key: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        try key.withUnsafeBytes { key throws(CryptographyError) in
            try State(key).code(for: message)
        }
    }

    /// One code, 32 bytes, under a key used once.
    public static func code(
        for message: [UInt8], key: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try key.withUnsafeBufferPointer { key throws(CryptographyError) in
            try State(UnsafeRawBufferPointer(key)).code(for: message)
        }
    }
}

extension HMACSHA256 {
    /// OpenSSL's context, which wipes the key when freed.
    private struct State: ~Copyable {
        private let context: OpaquePointer

        init(_ key: UnsafeRawBufferPointer) throws(CryptographyError) {
            guard let algorithm = HMACSHA256.algorithm?.pointer,
                let context = EVP_MAC_CTX_new(algorithm)
            else { throw .libraryFailure(function: "EVP_MAC_CTX_new") }
            let didStart = withUnsafeBytes(of: UInt8(0)) { empty in
                // No address would mean "the key from before"; an empty key needs some address.
                EVP_MAC_init(
                    context, key.baseAddress ?? empty.baseAddress, key.count,
                    [Parameter.text("digest", "SHA256"), Parameter.end])
            }
            guard didStart == 1 else {
                EVP_MAC_CTX_free(context)
                throw .libraryFailure(function: "EVP_MAC_init")
            }
            self.context = context
        }

        deinit { EVP_MAC_CTX_free(context) }

        func code(for message: [UInt8]) throws(CryptographyError) -> [UInt8] {
            var code = [UInt8](repeating: 0, count: SHA256.count)
            var count = 0
            guard EVP_MAC_init(context, nil, 0, nil) == 1,
                EVP_MAC_update(context, message, message.count) == 1,
                EVP_MAC_final(context, &code, &count, code.count) == 1, count == code.count
            else { throw .libraryFailure(function: "EVP_MAC_final") }
            return code
        }
    }

    private static let algorithm = EVP_MAC_fetch(nil, "HMAC", nil).map(SharedCObject.init)
}
