/// What `Package.swift` says about the targets of `Sources/`, read from its text.
enum Manifest {
    /// Each target with its dependencies, in the order of the file.
    static func targets(in text: String) -> [(target: String, dependencies: [String])] {
        let starts = ["clibrary(", "module(", ".executableTarget("]
        var found: [(target: String, dependencies: [String])] = []
        var rest = Substring(text)
        while let start = starts.compactMap({ first($0, in: rest) }).min(by: {
            $0.lowerBound < $1.lowerBound
        }) {
            // The functions' own declarations have no string after the parenthesis.
            let call = body(rest[start.upperBound...])
            rest = rest[start.upperBound...]
            let strings = quoted(in: String(call))
            guard let target = strings.first, isCall(call) else { continue }
            found.append((target, dependencies(in: call)))
        }
        return found
    }

    private static func isCall(_ call: Substring) -> Bool {
        let first = call.first { !$0.isWhitespace }
        return first == "\"" || call.drop(while: \.isWhitespace).hasPrefix("name: \"")
    }

    /// The strings in the first brackets; a C library has none, for its brackets name packages.
    private static func dependencies(in call: Substring) -> [String] {
        guard !call.contains("pkgConfig:"), let open = call.firstIndex(of: "["),
            let close = call[open...].firstIndex(of: "]")
        else { return [] }
        return quoted(in: String(call[open..<close]))
    }

    /// Up to the parenthesis that closes the call.
    private static func body(_ text: Substring) -> Substring {
        var depth = 1
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { break }
            index = text.index(after: index)
        }
        return text[..<index]
    }

    private static func quoted(in text: String) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    private static func first(_ part: String, in text: Substring) -> Range<Substring.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(part) {
                return index..<text.index(index, offsetBy: part.count)
            }
            index = text.index(after: index)
        }
        return nil
    }
}
