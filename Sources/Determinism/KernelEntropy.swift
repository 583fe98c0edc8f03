import Glibc
import Synchronization

/// Random bytes of the kernel, fetched some at a time: every request needs sixteen, and asking for
/// those alone costs more than all that is done with them.
///
/// A byte is given out once, and wiped where it was kept. Two processes could only have the same
/// ones ahead of them after a `fork`, which here `exec` follows at once.
final class KernelEntropy: Sendable {
    private struct Store {
        var bytes = [UInt8](repeating: 0, count: KernelEntropy.storeCount)
        /// What is from here on has not been given out.
        var place = KernelEntropy.storeCount
    }

    private static let storeCount = 1024
    /// Bytes that `getentropy` gives in one call.
    private static let callCount = 256

    private let store = Mutex(Store())

    @Sendable func bytes(count: Int) -> [UInt8] {
        guard count <= Self.callCount else {
            return [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
                Self.fill(bytes)
                filled = count
            }
        }
        return store.withLock { store in
            if store.place + count > Self.storeCount {
                store.bytes.withUnsafeMutableBufferPointer { Self.fill($0) }
                store.place = 0
            }
            let range = store.place..<store.place + count
            store.place = range.upperBound
            let taken = Array(store.bytes[range])
            for index in range { store.bytes[index] = 0 }
            return taken
        }
    }

    /// The call fails only on a kernel that has no such source. Then there is no going on.
    private static func fill(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
        for start in stride(from: 0, to: bytes.count, by: callCount) {
            let piece = bytes[start..<min(bytes.count, start + callCount)]
            let target = UnsafeMutableBufferPointer(rebasing: piece)
            precondition(getentropy(target.baseAddress, target.count) == 0)
        }
    }
}
