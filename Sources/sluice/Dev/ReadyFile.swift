import ByteCodecs
import Glibc

/// What `ready.json` says: where everything is, once it answers.
struct ReadyFile: Sendable {
    static let name = "ready.json"

    var gateway: String
    var database: String
    var environmentFile: String
    /// As `sluice keys service add --json` printed it.
    var serviceKey: JSONValue
    var pids: [(name: String, pid: pid_t)]

    var text: String {
        let pids = JSONObject(self.pids.map { ($0.name, JSONValue.integer(Int64($0.pid))) })
        let object: JSONValue = [
            "gateway": .string(gateway),
            "database": .string(database),
            "envFile": .string(environmentFile),
            "serviceKey": serviceKey,
            "pids": .object(pids),
        ]
        return String(decoding: object.serialized(), as: UTF8.self) + "\n"
    }
}
