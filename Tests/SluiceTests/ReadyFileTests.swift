import ByteCodecs
import Testing

@testable import sluice

@Suite struct ReadyFileTests {
    @Test("the members are those that scripts rely on")
    func members() throws {
        let edge = DevEdge(
            keyPath: "/k", directory: "/d", edge: "/e", publicKey: "00")
        let file = ReadyFile(
            gateway: "http://127.0.0.1:1", manager: "http://127.0.0.1:3",
            intake: "tcp://127.0.0.1:4", intakeStatus: "http://127.0.0.1:5",
            edge: edge, node: "http://127.0.0.1:2", database: "postgresql://d",
            environmentFile: "/e",
            serviceKey: ["id": "i", "secret": "s"], pids: [("postgres", 7), ("gateway", 8)])
        #expect(
            try JSONValue.parse(Array(file.text.utf8.dropLast())) == [
                "gateway": "http://127.0.0.1:1", "manager": "http://127.0.0.1:3",
                "intake": "tcp://127.0.0.1:4", "intakeStatus": "http://127.0.0.1:5",
                "edge": [
                    "name": "edge-1", "vault": "/e/current", "socket": "/e/haproxy.sock",
                    "master": "/e/master.sock",
                ],
                "node": "http://127.0.0.1:2",
                "database": "postgresql://d", "envFile": "/e",
                "serviceKey": ["id": "i", "secret": "s"], "pids": ["postgres": 7, "gateway": 8],
            ])
    }
}
