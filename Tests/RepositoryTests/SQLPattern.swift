/// A statement of the sources as other SQL can be held against: its text, with a gap wherever a
/// value is interpolated. White space does not count.
struct SQLPattern {
    /// Stands for a value while the text is put together.
    private static let gap: Character = "\u{1}"

    /// What stands between the gaps.
    private let fragments: [[UInt8]]

    /// - Parameter splice: the text of an interpolated `sql: name`.
    init?(in source: String, after marker: String, splice: (String) -> String?) {
        guard let literal = Self.literal(in: source, after: marker),
            let text = Self.expanded(literal, splice)
        else { return nil }
        fragments = Self.normalized(text).split(
            separator: Self.gap, omittingEmptySubsequences: false
        )
        .map { Array($0.utf8) }
    }

    /// - Returns: nil when the statement has this text, with one expression in each gap.
    func difference(from statement: String) -> String? {
        let bytes = Array(Self.normalized(statement).utf8)
        guard var fragment = fragments.first, bytes.starts(with: fragment) else {
            return "does not begin with '\(Self.text(fragments.first ?? []))'"
        }
        var position = fragment.count
        for index in fragments.indices.dropFirst() {
            fragment = fragments[index]
            let isLast = index == fragments.count - 1
            guard let place = Self.place(of: fragment, in: bytes, from: position, atEnd: isLast)
            else {
                let before = Self.text(fragments[index - 1])
                return "'\(before)' is not followed by a value and '\(Self.text(fragment))'"
            }
            position = place + fragment.count
        }
        return position == bytes.count ? nil : "goes on after the query's end"
    }

    /// The first string after a marker.
    static func literal(in source: String, after marker: String) -> String? {
        guard let place = source.place(of: marker),
            let quote = source[place...].firstIndex(of: "\"")
        else { return nil }
        let mark = source[quote...].hasPrefix("\"\"\"") ? "\"\"\"" : "\""
        let start = source.index(quote, offsetBy: mark.count)
        guard let end = String(source[start...]).place(of: mark, atItsStart: true) else {
            return nil
        }
        let text = String(source[start...])
        return String(text[..<end])
    }

    /// Statements without comments and pgbench's own commands.
    static func statements(ofScript script: String) -> [String] {
        let lines = script.split(separator: "\n").filter {
            !$0.hasPrefix("--") && !$0.hasPrefix("\\")
        }
        return lines.joined(separator: "\n").split(separator: ";").map { normalized(String($0)) }
            .filter { !$0.isEmpty }
    }

    private static func expanded(_ literal: String, _ splice: (String) -> String?) -> String? {
        var text = ""
        var rest = Substring(literal)
        while let character = rest.popFirst() {
            guard character == "\\", rest.first == "(" else {
                text.append(character)
                continue
            }
            var depth = 0
            let inside = rest.prefix { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth > 0
            }
            rest = rest.dropFirst(inside.count + 1)
            if inside.hasPrefix("(sql: ") {
                guard let spliced = splice(String(inside.dropFirst(6))),
                    let more = expanded(spliced, splice)
                else { return nil }
                text += more
            } else {
                text.append(gap)
            }
        }
        return text
    }

    /// One space for any white space, none inside parentheses.
    private static func normalized(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var kept = ""
        for character in words {
            if character == " ", kept.last == "(" { continue }
            if character == ")", kept.last == " " { kept.removeLast() }
            kept.append(character)
        }
        return kept
    }

    /// Where a fragment stands after one whole expression.
    private static func place(
        of fragment: [UInt8], in bytes: [UInt8], from start: Int, atEnd: Bool
    ) -> Int? {
        let latest = bytes.count - fragment.count
        guard start < latest else { return nil }
        return (atEnd ? latest...latest : start + 1...latest).first { place in
            bytes[place...].starts(with: fragment) && isExpression(bytes[start..<place])
        }
    }

    private static func isExpression(_ bytes: ArraySlice<UInt8>) -> Bool {
        var depth = 0
        for byte in bytes {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth < 0 || depth == 0 && byte == UInt8(ascii: ",") { return false }
        }
        let words = text(Array(bytes)).split { !$0.isLetter && $0 != "_" }
        let clauses: Set<Substring> = [
            "SELECT", "FROM", "WHERE", "AND", "OR", "RETURNING", "LIMIT",
        ]
        return depth == 0 && clauses.isDisjoint(with: words)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension String {
    /// The end of the first occurrence of `part`, or its start.
    fileprivate func place(of part: String, atItsStart: Bool = false) -> String.Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(part) {
                return atItsStart ? index : self.index(index, offsetBy: part.count)
            }
            index = self.index(after: index)
        }
        return nil
    }
}
