/// A 256-bit number, for holding the scalars of signatures against their bounds. Not for secrets:
/// its comparisons take different times.
struct Scalar256: Comparable {
    /// The most significant word first.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        words = (first, second, third, fourth)
    }

    /// - Parameter bytes: at least 32, the first 32 are read, without alignment.
    init(bigEndian bytes: UnsafeRawBufferPointer) {
        words = (
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        )
    }

    /// - Parameter bytes: at least 32, the first 32 are read, without alignment.
    init(littleEndian bytes: UnsafeRawBufferPointer) {
        words = (
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)),
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        )
    }

    static let zero = Scalar256(0, 0, 0, 0)

    /// The number without its most significant bit.
    var clearingTopBit: Scalar256 {
        Scalar256(words.0 & UInt64.max >> 1, words.1, words.2, words.3)
    }

    static func == (left: Scalar256, right: Scalar256) -> Bool {
        left.words == right.words
    }

    static func < (left: Scalar256, right: Scalar256) -> Bool {
        left.words < right.words
    }
}
