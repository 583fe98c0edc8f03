import ByteCodecs
public import Determinism

/// An id that sorts by the time it was made. Layout: RFC 9562, section 5.7.
public struct UUIDv7: Hashable, Sendable, CustomStringConvertible {
    /// Sixteen bytes, most significant first.
    public let bytes: [UInt8]

    /// - Parameter bytes: exactly sixteen; nil otherwise. The version is not checked: what the
    ///   database holds is ours already.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    public init(from surroundings: Surroundings) {
        var bytes = surroundings.randomBytes(16)
        let milliseconds = UInt64(bitPattern: surroundings.now().milliseconds)
        for index in 0..<6 {
            bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64(index)))
        }
        bytes[6] = 0x70 | bytes[6] & 0x0F
        bytes[8] = 0x80 | bytes[8] & 0x3F
        self.bytes = bytes
    }

    /// The 36-character form with lower-case digits; nil for any other spelling.
    public init?(_ text: String) {
        let characters = Array(text.utf8)
        guard characters.count == 36 else { return nil }
        let dashes = [8, 13, 18, 23]
        guard dashes.allSatisfy({ characters[$0] == UInt8(ascii: "-") }),
            !characters.contains(where: { (0x41...0x5A).contains($0) })
        else { return nil }
        let digits = text.filter { $0 != "-" }
        guard let bytes = try? Hex.decode(digits), bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    public var description: String {
        String(unsafeUninitializedCapacity: Self.textCount, initializingUTF8With: write)
    }

    /// Appends the bytes of ``description``.
    public func append(to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.textCount) { buffer in
            text.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<write(into: buffer)]))
        }
    }

    private static let textCount = 36

    private func write(into text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var place = 0
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                text[place] = UInt8(ascii: "-")
                place += 1
            }
            text[place] = Self.digit(bytes[index] >> 4)
            text[place + 1] = Self.digit(bytes[index] & 15)
            place += 2
        }
        return place
    }
}
