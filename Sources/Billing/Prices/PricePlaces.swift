/// Finds the line of a member in the text that it was read from.
///
/// Walks a text that is JSON already; as far as a path can be followed, so that what is missing
/// gets the line of what should hold it.
struct PricePlaces {
    private enum Step {
        case name([UInt8])
        case index(Int)
    }

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// From one.
    func line(at offset: Int) -> Int {
        1 + bytes.prefix(max(0, offset)).count { $0 == UInt8(ascii: "\n") }
    }

    /// - Parameter path: as `versions[0].services`.
    func line(of path: String) -> Int {
        var position = skipSpace(0)
        for step in Self.steps(path) {
            guard let next = find(step, from: position) else { break }
            position = next
        }
        return line(at: position)
    }

    private static func steps(_ path: String) -> [Step] {
        path.split { $0 == "." || $0 == "[" }.map { part in
            if part.hasSuffix("]"), let index = Int(part.dropLast()) { return .index(index) }
            return .name(Array(part.utf8))
        }
    }

    /// Where the value starts that `step` leads to; nil when there is none.
    private func find(_ step: Step, from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        let isObject = bytes[start] == UInt8(ascii: "{")
        guard isObject || bytes[start] == UInt8(ascii: "[") else { return nil }
        var position = skipSpace(start + 1)
        var index = 0
        while position < bytes.count, !isClosing(bytes[position]) {
            var name: [UInt8] = []
            if isObject {
                let end = skipValue(position)
                name = Array(bytes[(position + 1)..<max(position + 1, end - 1)])
                position = skipSpace(skipSpace(end) + 1)
            }
            switch step {
            case .name(let wanted): if isObject, name == wanted { return position }
            case .index(let wanted): if !isObject, index == wanted { return position }
            }
            position = skipSpace(skipValue(position))
            if position < bytes.count, bytes[position] == UInt8(ascii: ",") {
                position = skipSpace(position + 1)
            }
            index += 1
        }
        return nil
    }

    private func isClosing(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    private func skipSpace(_ start: Int) -> Int {
        bytes[min(start, bytes.count)...].firstIndex { $0 > 0x20 } ?? bytes.count
    }

    private func skipValue(_ start: Int) -> Int {
        var position = start
        var depth = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position = skipString(position)
                if depth == 0 { return position }
                continue
            }
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
            if isClosing(byte) {
                guard depth > 0 else { return position }
                depth -= 1
                if depth == 0 { return position + 1 }
            }
            if depth == 0, byte == UInt8(ascii: ",") || byte <= 0x20 { return position }
            position += 1
        }
        return position
    }

    private func skipString(_ start: Int) -> Int {
        var position = start + 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position + 1, bytes.count)
    }
}
