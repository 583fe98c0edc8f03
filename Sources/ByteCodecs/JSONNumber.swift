/// The grammar of numbers, RFC 8259 section 6.
enum JSONNumber {
    /// How many bytes of `input` from `start` on make up a number, and whether they hold digits
    /// alone. Nil when no number starts there.
    static func extent(
        in input: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (end: Int, isWhole: Bool)? {
        var position = start
        if position < input.count, input[position] == UInt8(ascii: "-") { position += 1 }
        let whole = digits(in: input, from: position)
        guard whole > position else { return nil }
        guard input[position] != UInt8(ascii: "0") || whole == position + 1 else { return nil }
        position = whole
        if position < input.count, input[position] == UInt8(ascii: ".") {
            let end = digits(in: input, from: position + 1)
            guard end > position + 1 else { return nil }
            position = end
        }
        if position < input.count, input[position] | 0x20 == UInt8(ascii: "e") {
            var first = position + 1
            if first < input.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(input[first]) {
                first += 1
            }
            position = digits(in: input, from: first)
            guard position > first else { return nil }
        }
        return (position, position == whole)
    }

    static func isNumber(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { input in
            extent(in: input, from: 0)?.end == input.count
        }
    }

    private static func digits(in input: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        while position < input.count, (48...57).contains(input[position]) { position += 1 }
        return position
    }
}
