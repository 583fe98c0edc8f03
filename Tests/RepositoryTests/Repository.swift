import Glibc

/// The files of this repository, as they are on disk.
enum Repository {
    /// This file's folder's folder's parent.
    private static let root =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/"

    /// Every file below the folders, except what was built or is hidden.
    static func files(below folders: [String]) -> [SourceFile] {
        all.filter { file in
            folders.contains { file.path == $0 || file.path.hasPrefix($0 + "/") }
        }
    }

    /// Read once for all rules.
    private static let all: [SourceFile] =
        [
            "Sources", "Tests", "Config", "Docs", "Vectors", "Makefile", "README.md", "SECURITY.md",
            ".ci", "Package.swift",
        ].flatMap { paths(below: $0) }.sorted().map { SourceFile(path: $0, text: text($0)) }

    private static func text(_ path: String) -> String {
        guard let file = fopen(root + path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func paths(below folder: String) -> [String] {
        guard let handle = opendir(root + folder) else {
            return access(root + folder, F_OK) == 0 ? [folder] : []
        }
        defer { closedir(handle) }
        var found: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".") || name.hasPrefix("__") { continue }
            // A link leads to files that are found where they are.
            if Int32(entry.pointee.d_type) == Int32(DT_LNK) { continue }
            found += paths(below: folder + "/" + name)
        }
        return found
    }
}
