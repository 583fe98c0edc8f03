import CSodium
public import Determinism

/// Key bytes kept out of swap and core dumps, between guard pages, and wiped when their owner ends.
///
/// Unchecked Sendable, because it holds a pointer. Sound, because the bytes are written before
/// `init` returns and only read afterwards, and the one owner frees them.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
    public let count: Int
    private let address: UnsafeMutableRawPointer

    /// - Parameter fill: writes all `count` bytes; when it throws, they are wiped and freed.
    /// - Throws: ``CryptographyError/lockedMemoryExhausted(bytes:)``; raise `RLIMIT_MEMLOCK`.
    public init(
        count: Int, fill: (UnsafeMutableRawBufferPointer) throws(CryptographyError) -> Void
    ) throws(CryptographyError) {
        try self.init(count: count) { address throws(CryptographyError) in
            try fill(UnsafeMutableRawBufferPointer(start: address, count: count))
        }
    }

    /// As the public one, for functions that want an address.
    init(
        count: Int, write: (UnsafeMutablePointer<UInt8>) throws(CryptographyError) -> Void
    ) throws(CryptographyError) {
        precondition(Sodium.isReady)  // `sodium_malloc` aborts before `sodium_init`.
        guard count >= 0, let address = sodium_malloc(count) else {
            throw .lockedMemoryExhausted(bytes: count)
        }
        do {
            try write(address.bindMemory(to: UInt8.self, capacity: count))
        } catch {
            sodium_free(address)
            throw error
        }
        self.count = count
        self.address = address
    }

    /// Copies bytes that are already elsewhere; that copy is the caller's to forget.
    public init(_ source: [UInt8]) throws(CryptographyError) {
        try self.init(count: source.count, fill: { $0.copyBytes(from: source) })
    }

    /// Moves bytes here and overwrites them with zeros where they were.
    public init(wiping source: inout [UInt8]) throws(CryptographyError) {
        try self.init(source)
        source.withUnsafeMutableBytes { sodium_memzero($0.baseAddress, $0.count) }
    }

    /// A new secret of `count` random bytes.
    public init(randomCount count: Int, from surroundings: Surroundings) throws(CryptographyError) {
        var random = surroundings.randomBytes(count)
        try self.init(wiping: &random)
    }

    deinit {
        sodium_free(address)  // Wipes before unmapping.
    }

    /// The pointer must not outlive `body`.
    public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: address, count: count))
    }

    /// A plain copy, for where a secret must leave: a cookie, a file. Never to be logged.
    public func copy() -> [UInt8] {
        withUnsafeBytes { Array($0) }
    }

    /// For functions that want an address. The pointer must not outlive `body`.
    func withAddress<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        body(UnsafePointer(address.assumingMemoryBound(to: UInt8.self)))
    }
}
