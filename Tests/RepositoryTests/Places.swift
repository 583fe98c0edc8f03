/// Where a reference can lead: files, folders, and headings of documents.
struct Places {
    private var known: Set<String> = []

    init(_ files: [SourceFile]) {
        for file in files {
            var path = ""
            for part in file.path.split(separator: "/") {
                path += path.isEmpty ? String(part) : "/" + part
                known.insert(path)
            }
            guard file.isDocument else { continue }
            for line in file.lines where line.hasPrefix("#") {
                known.insert(file.path + "#" + Self.anchor(line))
            }
        }
    }

    func contains(_ reference: String) -> Bool { known.contains(reference) }

    /// A heading's anchor, as the usual renderers of Markdown make it.
    private static func anchor(_ heading: Substring) -> String {
        let title = heading.drop { $0 == "#" || $0 == " " }.lowercased()
        return String(
            title.compactMap { character in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || "-_".contains(character)
                    ? character : nil
            })
    }
}
