import Glibc
import Testing

/// Files that tests hold the code against.
enum RepositoryText {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    static func read(_ path: String) throws -> String {
        let file = try #require(fopen(root + "/" + path, "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The lines under a heading, up to the next.
    static func section(_ heading: String, of path: String) throws -> [Substring] {
        let lines = try read(path).split(separator: "\n")
        let start = try #require(lines.firstIndex { $0 == "## \(heading)" })
        return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("## ") })
    }

    /// The cells of each row of the first table among the lines, heading included.
    static func table(_ lines: [Substring]) -> [[String]] {
        lines.filter { $0.hasPrefix("|") && !$0.hasPrefix("| ---") }.map { line in
            line.split(separator: "|").map { cell in
                String(
                    cell.filter { $0 != "`" }.drop { $0 == " " }.reversed().drop { $0 == " " }
                        .reversed())
            }
        }
    }

    /// What stands in quotes between a marker and the first closing parenthesis after it.
    static func quoted(after marker: String, in text: String) throws -> [String] {
        let rest = text.split(separator: marker, maxSplits: 1)
        let inside = try #require(rest.count == 2 ? rest[1].prefix { $0 != ")" } : nil)
        return inside.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
