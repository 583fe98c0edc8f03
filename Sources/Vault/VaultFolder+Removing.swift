import Glibc

extension VaultFolder {
    /// A version that is kept, by its folder's name: `v7`, or `v7-5` where an edge still has the
    /// files of all keys of version 5.
    private struct Kept {
        let name: String
        let version: Int64
        /// Tells files of all keys from others.
        let file: UInt64
    }

    /// Removes what nobody goes back to: all but so many versions, and those whose files of all
    /// keys would be one too many.
    ///
    /// - Parameter version: stays, whatever its age.
    func removeOld(
        keeping count: Int, files limit: Int, and version: Int64? = nil
    ) throws(VaultRefusal) {
        let inForce = try inForce
        var files: Set<UInt64> = []
        for (index, kept) in try versions().enumerated() {
            files.insert(kept.file)
            let isOld = index >= count || files.count > limit
            guard isOld, kept.version != version, "\(path)/\(kept.name)" != inForce else {
                continue
            }
            try remove("\(path)/\(kept.name)")
        }
    }

    /// From the newest to the oldest.
    private func versions() throws(VaultRefusal) -> [Kept] {
        guard let folder = opendir(path) else { throw .failed(step: "open folder", code: errno) }
        defer { closedir(folder) }
        var found: [Kept] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let numbers = name.dropFirst().split(separator: "-").map { Int64($0) }
            guard name.hasPrefix("v"), let first = numbers.first, let version = first,
                numbers.count <= 2
            else { continue }
            var status = stat()
            _ = stat("\(path)/\(name)/\(VaultFiles.map)", &status)
            found.append(Kept(name: name, version: version, file: UInt64(status.st_ino)))
        }
        return found.sorted { ($0.version, $0.name) > ($1.version, $1.name) }
    }
}
