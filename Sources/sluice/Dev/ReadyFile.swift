import ByteCodecs
import Glibc

/// What `ready.json` says: where everything is, once it answers.
struct ReadyFile: Sendable {
    static let name = "ready.json"

    var gateway: String
    /// Nil where no node is simulated: then nobody can charge.
    var manager: String?
    /// Takes octet-counted lines of HAProxy's log.
    var intake: String
    var intakeStatus: String
    /// What a HAProxy beside it is to be started with.
    var edge: DevEdge
    /// Nil where none is simulated.
    var node: String?
    var database: String
    var environmentFile: String
    /// As `sluice keys service add --json` printed it.
    var serviceKey: JSONValue
    var pids: [(name: String, pid: pid_t)]

    var text: String {
        let pids = JSONObject(self.pids.map { ($0.name, JSONValue.integer(Int64($0.pid))) })
        var object: JSONObject = ["gateway": .string(gateway)]
        object["manager"] = manager.map { .string($0) }
        object["intake"] = .string(intake)
        object["intakeStatus"] = .string(intakeStatus)
        object["edge"] = [
            "name": .string(DevEdge.name), "vault": .string(edge.vault),
            "socket": .string(edge.socket), "master": .string(edge.master),
        ]
        object["node"] = node.map { .string($0) }
        object["database"] = .string(database)
        object["envFile"] = .string(environmentFile)
        object["serviceKey"] = serviceKey
        object["pids"] = .object(pids)
        return String(decoding: JSONValue.object(object).serialized(), as: UTF8.self) + "\n"
    }
}
