import ByteCodecs
import Storage

extension PageMaker {
    /// What HAProxy is told, and which edge has come how far.
    func vault() async -> Page {
        Page(
            title: "Vault", lead: "What HAProxy is told of keys, and which edge has which version.",
            sections: [
                await table(
                    "edges", "Edges", empty: "No edge has reported.",
                    [
                        Column(id: "edge", label: "Edge"), Column(id: "version", label: "Version"),
                        Column(id: "behind", label: "Versions behind", format: .number),
                        Column(id: "standing", label: "Standing", format: .state),
                        Column(id: "appliedAt", label: "Applied", format: .time),
                        Column(id: "reportedAt", label: "Reported", format: .time),
                        Column(id: "error", label: "Why"),
                    ],
                    """
                    SELECT edge, version, greatest(0, coalesce((
                            SELECT max(version) FROM vault_versions
                             WHERE published_at IS NOT NULL), 0) - version) AS behind,
                        standing, \(sql: .utc("applied_at")) AS "appliedAt",
                        \(sql: .utc("reported_at")) AS "reportedAt", error
                      FROM vault_edges ORDER BY edge LIMIT \(Self.limit)
                    """),
                await table(
                    "versions", "Versions", empty: "None was made yet.",
                    [
                        Column(id: "version", label: "Version"),
                        Column(id: "madeAt", label: "Made", format: .time),
                        Column(id: "publishedAt", label: "Published", format: .time),
                        Column(id: "keys", label: "Keys", format: .number),
                        Column(id: "isWhole", label: "All files new", format: .state),
                        Column(id: "rolledBackTo", label: "Content of version"),
                        Column(id: "digest", label: "Map", format: .code),
                    ],
                    limit: Self.newest,
                    """
                    SELECT version, \(sql: .utc("made_at")) AS "madeAt",
                        \(sql: .utc("published_at")) AS "publishedAt", key_count AS keys,
                        is_whole AS "isWhole", rolled_back_to AS "rolledBackTo",
                        left(map_digest, 16) AS digest
                      FROM vault_versions ORDER BY version DESC LIMIT \(Self.newest)
                    """),
            ])
    }
}
