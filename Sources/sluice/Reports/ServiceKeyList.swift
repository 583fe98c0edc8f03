import Authentication
import ByteCodecs
import Determinism

/// `sluice keys service list`.
struct ServiceKeyList {
    let entries: [ServiceKeyEntry]

    /// A line for each key.
    var lines: [String] {
        guard !entries.isEmpty else { return ["There is no service key."] }
        return entries.map { entry in
            let scopes = entry.scopes.map(\.rawValue).joined(separator: ",")
            let standing =
                entry.revokedAt.map { "revoked \($0.rfc3339)" }
                ?? "live, \(entry.secrets == 1 ? "1 secret" : "\(entry.secrets) secrets")"
            let edge = entry.edge.map { "  edge \($0)" } ?? ""
            return "\(entry.name)  \(entry.id)  \(scopes)\(edge)  made \(entry.createdAt.rfc3339)  "
                + standing
        }
    }

    var json: String {
        String(decoding: JSONValue.array(entries.map(Self.value)).serialized(), as: UTF8.self)
    }

    private static func value(_ entry: ServiceKeyEntry) -> JSONValue {
        [
            "name": .string(entry.name), "id": .string(entry.id),
            "scopes": .array(entry.scopes.map { .string($0.rawValue) }),
            "edge": entry.edge.map { .string($0) } ?? .null,
            "createdAt": .string(entry.createdAt.rfc3339),
            "revokedAt": entry.revokedAt.map { .string($0.rfc3339) } ?? .null,
            "secrets": .integer(Int64(entry.secrets)),
            "newestSecretAt": entry.newestSecretAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}
