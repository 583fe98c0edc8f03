import Glibc

/// PostgreSQL's own programs on this machine.
struct PostgresInstallation: Sendable {
    static let oldestSupported = 15
    /// Where Debian keeps them, by major version.
    private static let root = "/usr/lib/postgresql"

    let directory: String

    /// The newest supported one.
    init() throws(DevError) {
        var newest = 0
        if let folder = opendir(Self.root) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                let isUsable = access("\(Self.root)/\(name)/bin/postgres", X_OK) == 0
                if let version = Int(name), isUsable { newest = max(newest, version) }
            }
            closedir(folder)
        }
        guard newest >= Self.oldestSupported else {
            throw DevError(
                "PostgreSQL \(Self.oldestSupported) or later is not installed below \(Self.root); "
                    + "run: make setup")
        }
        directory = "\(Self.root)/\(newest)/bin"
    }

    func program(_ name: String) -> String { directory + "/" + name }
}
