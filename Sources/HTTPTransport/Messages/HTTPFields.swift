import Glibc

/// Header fields of an answer, sent in this order.
///
/// All stand in one buffer, a NUL behind each name and each value, as the C library takes them:
/// an answer has eight or more, most of them always the same.
public struct HTTPFields: Sendable, ExpressibleByArrayLiteral {
    private(set) var bytes: [UInt8] = []

    public init() {}

    public init(_ fields: some Sequence<(String, String)>) {
        for (name, value) in fields { append(name, value) }
    }

    public init(arrayLiteral fields: (String, String)...) {
        self.init(fields)
    }

    /// A field with a NUL in it is left out.
    public mutating func append(_ name: String, _ value: String) {
        let start = bytes.count
        let nameEnds = appendText(name)
        let valueEnds = appendText(value)
        if !nameEnds || !valueEnds { bytes.removeSubrange(start...) }
    }

    /// - Returns: whether its NUL is the only one.
    private mutating func appendText(_ text: String) -> Bool {
        let start = bytes.count
        bytes.append(text: text)
        bytes.append(0)
        return bytes.withUnsafeBytes { all in
            all.baseAddress.map { strlen($0.assumingMemoryBound(to: CChar.self) + start) }
                == all.count - start - 1
        }
    }

    /// - Parameter write: adds bytes of the value, none of them a NUL, and changes no others.
    public mutating func append(
        _ name: StaticString, writing write: (inout [UInt8]) -> Void
    ) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(0)
        write(&bytes)
        bytes.append(0)
    }

    public mutating func append(_ others: HTTPFields) {
        bytes.append(contentsOf: others.bytes)
    }

    public static func + (left: HTTPFields, right: HTTPFields) -> HTTPFields {
        var sum = HTTPFields()
        sum.bytes.reserveCapacity(usualCount)
        sum.append(left)
        sum.append(right)
        return sum
    }

    /// Bytes that nearly every answer's fields stay below.
    private static let usualCount = 768
}

extension HTTPFields: Sequence {
    public struct Iterator: IteratorProtocol {
        private var texts: ArraySlice<UInt8>

        fileprivate init(_ bytes: [UInt8]) { texts = bytes[...] }

        public mutating func next() -> (String, String)? {
            guard !texts.isEmpty else { return nil }
            return (nextText(), nextText())
        }

        private mutating func nextText() -> String {
            let text = texts.prefix { $0 != 0 }
            texts = texts[text.endIndex...].dropFirst()
            return String(decoding: text, as: UTF8.self)
        }
    }

    public func makeIterator() -> Iterator { Iterator(bytes) }
}

extension [UInt8] {
    /// Without the detour over single bytes that appending a view of a text takes.
    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }
}
