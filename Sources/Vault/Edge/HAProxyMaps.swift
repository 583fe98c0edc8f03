import Identifiers

/// The two maps in the memory of one process of HAProxy.
///
/// A map is changed as a whole: what it is to hold is prepared beside what it holds, and takes its
/// place in one step, together with the lines that say which version it is. Whoever is killed in
/// between has changed nothing, and a request sees the one or the other.
struct HAProxyMaps: Sendable {
    /// Of one command: below HAProxy's smallest buffer, whose length limits it.
    private static let payloadCount = 12_000
    /// Of what is sent on one connection.
    private static let burstCount = 256
    /// Above, the files of all keys are loaded again rather than more changes kept before them.
    private static let changesLimit = 50_000

    let process: HAProxySocket
    /// As HAProxy's configuration names them.
    let changesMap: String
    let keysMap: String

    init(_ process: HAProxySocket, vault: String) {
        self.process = process
        changesMap = "\(vault)/\(VaultFiles.changes)"
        keysMap = "\(vault)/\(VaultFiles.map)"
    }

    /// - Parameters:
    ///   - changes: what is in force in the files.
    ///   - since: all changes after this version are among them.
    ///   - keys: bytes of the file of all keys that they stand before.
    /// - Returns: whether it was another version.
    func bring(
        to changes: VaultChanges, since: Int64, keys: () throws(VaultRefusal) -> [UInt8]
    ) throws(VaultApplyFailure) -> Bool {
        do throws(HAProxyFailure) {
            let marks = try marks()
            if marks.version == changes.version, marks.base != nil { return false }
            if let base = marks.base, base >= since {
                try replace(changesMap, by: changes.before(base: base).pairs)
                return true
            }
            let merged = try merge(changes)
            if let base = marks.base, let version = marks.version, version >= since,
                merged.count <= Self.changesLimit
            {
                try replace(changesMap, by: Self.marked(merged, base, changes.version))
                return true
            }
            // What is known to have changed does not wait until all is loaded.
            try replace(changesMap, by: Self.marked(merged, 0, 0))
        } catch {
            throw .haproxy(error)
        }
        try load(changes, keys)
        return true
    }

    private func load(
        _ changes: VaultChanges, _ keys: () throws(VaultRefusal) -> [UInt8]
    ) throws(VaultApplyFailure) {
        let file: [UInt8]
        do throws(VaultRefusal) {
            file = try keys()
        } catch {
            throw .refused(error)
        }
        do throws(HAProxyFailure) {
            try replace(keysMap, file)
            try replace(changesMap, by: changes.pairs)
        } catch {
            throw .haproxy(error)
        }
    }

    // MARK: - What it holds

    private func marks() throws(HAProxyFailure) -> (base: Int64?, version: Int64?) {
        let names = [VaultChanges.baseName, VaultChanges.versionName]
        let found = try process.ask(names.map { "get map \(changesMap) \($0)" })
        for answer in found where !answer.contains("found=") { throw .refused(answer) }
        let numbers = found.map { answer -> Int64? in
            let rest = answer.split(separator: "value=\"").dropFirst().first
            return rest.flatMap { $0.split(separator: "\"").first }.flatMap { Int64($0) }
        }
        return (numbers[0], numbers[1])
    }

    private func held() throws(HAProxyFailure) -> [(name: String, value: String)] {
        let answer = try process.ask(["show map \(changesMap)"])[0]
        return answer.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            return fields.count == 3 ? (String(fields[1]), String(fields[2])) : nil
        }
    }

    /// What it holds of keys, with changes in front.
    private func merge(
        _ changes: VaultChanges
    ) throws(HAProxyFailure) -> [String: String] {
        var merged = Dictionary(
            try held().map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        merged[VaultChanges.baseName] = nil
        merged[VaultChanges.versionName] = nil
        for line in changes.lines { merged[line.key.description] = line.value }
        return merged
    }

    private static func marked(
        _ values: [String: String], _ base: Int64, _ version: Int64
    ) -> [(name: String, value: String)] {
        values.map { ($0.key, $0.value) } + [
            (VaultChanges.baseName, String(base)), (VaultChanges.versionName, String(version)),
        ]
    }

    // MARK: - What it is to hold

    private func replace(
        _ map: String, by pairs: [(name: String, value: String)]
    ) throws(HAProxyFailure) {
        let lines = pairs.map { "\($0.name) \($0.value)\n" }
        try replace(map, lines.flatMap { Array($0.utf8) })
        let held = Dictionary(
            try held().map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        guard held == Dictionary(pairs.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        else { throw .notHeld }
    }

    /// - Parameter file: lines of names and values.
    private func replace(_ map: String, _ file: [UInt8]) throws(HAProxyFailure) {
        let answer = try process.ask(["prepare map \(map)"])[0]
        guard let number = answer.split(separator: " ").last.flatMap({ Int64($0) }) else {
            throw .refused(answer)
        }
        var rest = file[...]
        while !rest.isEmpty {
            var burst: [String] = []
            while !rest.isEmpty, burst.count < Self.burstCount {
                let piece = Self.piece(&rest)
                burst.append("add map @\(number) \(map) <<\n\(piece)")
            }
            try expectNothing(of: burst)
        }
        try expectNothing(of: ["commit map @\(number) \(map)"])
    }

    /// Whole lines.
    private static func piece(_ rest: inout ArraySlice<UInt8>) -> String {
        let most = rest.prefix(Self.payloadCount)
        let end = most.lastIndex(of: UInt8(ascii: "\n")) ?? most.endIndex - 1
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[...end], as: UTF8.self)
    }

    private func expectNothing(of commands: [String]) throws(HAProxyFailure) {
        let answers = try process.ask(commands, within: 10_000)
        if let answer = answers.first(where: { !$0.isEmpty }) { throw .refused(answer) }
    }
}
