import ByteCodecs
import Determinism
import Vault

/// What `sluice vault` prints of a vault.
struct VaultReport {
    private let facts: [(name: String, value: JSONValue)]

    init(_ set: VaultSet) {
        facts =
            Self.facts(set.manifest) + [
                ("changes", .integer(Int64(set.changes.lines.count))),
                ("isBehind", .bool(set.isBehind)),
            ]
    }

    init(_ sealing: VaultSealing, newest: Int) {
        facts =
            [
                ("newest", .integer(Int64(newest))),
                ("left", .integer(sealing.left(under: newest))),
                ("table", sealing.table.map { .integer(Int64($0)) } ?? .null),
            ]
            + sealing.counts.sorted { $0.key < $1.key }.map { ("v\($0.key)", .integer($0.value)) }
    }

    init(_ outcome: VaultOutcome) {
        let manifest = outcome.manifest.map(Self.facts) ?? []
        facts =
            manifest + [
                ("published", .integer(Int64(outcome.published))),
                ("sealed", .integer(Int64(outcome.sealed))),
                ("resealed", .integer(Int64(outcome.resealed))),
                ("expired", .integer(Int64(outcome.expired))),
                ("unsealable", .integer(Int64(outcome.unsealable))),
                ("withoutRate", .integer(Int64(outcome.withoutRate))),
                ("rolledBackTo", outcome.rolledBackTo.map { .integer($0) } ?? .null),
            ]
    }

    private static func facts(
        _ manifest: VaultManifest
    ) -> [(name: String, value: JSONValue)] {
        [
            ("version", .integer(manifest.version)), ("keys", .integer(manifest.keyCount)),
            ("madeAt", .string(manifest.madeAt.rfc3339)),
            ("validUntil", .string(manifest.validUntil.rfc3339)),
            ("base", .integer(manifest.base)), ("since", .integer(manifest.since)),
        ]
    }

    func print(json: Bool) {
        if json {
            let object = JSONValue.object(JSONObject(facts.map { ($0.name, $0.value) }))
            Output.line(String(decoding: object.serialized(), as: UTF8.self))
            return
        }
        for (name, value) in facts {
            let text = value.serialized().filter { $0 != UInt8(ascii: "\"") }
            let space = String(repeating: " ", count: max(1, 14 - name.count))
            Output.line(name + space + String(decoding: text, as: UTF8.self))
        }
    }

    static func print(_ delta: VaultDelta, json: Bool) {
        let lines =
            delta.removed.map { ("removed", $0, "-") }
            + delta.changed.map { ("changed", $0.key, "\($0.grant)") }
            + delta.added.map { ("added", $0.key, "\($0.grant)") }
        for (what, key, grant) in lines {
            guard json else {
                Output.line("\(what)  \(key)  \(grant)")
                continue
            }
            let line: JSONValue = [
                "change": .string(what), "key": .string("\(key)"), "grant": .string(grant),
            ]
            Output.line(String(decoding: line.serialized(), as: UTF8.self))
        }
        if lines.isEmpty, !json { Output.line("No key differs.") }
    }
}
