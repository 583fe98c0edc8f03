import Determinism
import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerStopTests {
    @Test("draining ends each connection with its answer, while new ones are served")
    func draining() async throws {
        let server = try TestServer()
        try await blocking {
            let kept = try server.connect()
            kept.get("/a")
            #expect(try kept.answer()?.endsConnection == false)
            server.server.beginDraining()
            kept.get("/b")
            let last = try #require(try kept.answer())
            #expect(last.status == 200 && last.endsConnection)
            #expect(try kept.isClosed())
            let new = try server.connect()
            new.get("/c")
            #expect(try new.answer()?.body == "/c 0")
        }
    }

    @Test("stopping waits for the request in flight and refuses new connections")
    func waitsForInFlight() async throws {
        let server = try TestServer()
        let responder = server.responder
        async let stopped: Void = blocking {
            try wait(until: "the request rests") { responder.gate.arrived == 1 }
            server.server.stop(drainMilliseconds: 10_000)
        }
        try await blocking {
            let connection = try server.connect()
            connection.get("/later")
            try wait(until: "the port is closed") { (try? server.connect()) == nil }
            responder.gate.open()
            let answer = try #require(try connection.answer())
            #expect(answer.body == "/later 0")
            #expect(answer.endsConnection)
        }
        try await stopped
    }

    @Test("a body still coming is waited for")
    func waitsForBody() async throws {
        let server = try TestServer()
        async let stopped: Void = blocking {
            try wait(until: "the body has begun") {
                server.shows("sluice_http_requests_in_flight 1\n")
            }
            server.server.stop(drainMilliseconds: 10_000)
        }
        try await blocking {
            let connection = try server.connect()
            connection.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
            try wait(until: "the port is closed") { (try? server.connect()) == nil }
            connection.send("b")
            #expect(try connection.answer()?.body == "/a 2")
        }
        try await stopped
    }

    @Test("what is not answered when the time is up gets a 503")
    func givesUp() async throws {
        let server = try TestServer()
        try await blocking {
            let connections = try (0..<50).map { _ in try server.connect() }
            for connection in connections { connection.get("/later") }
            try wait(until: "all rest") { server.responder.gate.arrived == 50 }
            let idle = try server.connect()
            let begun = Deadline.now
            server.server.stop(drainMilliseconds: 200)
            #expect(begun.elapsedNanoseconds < 20_000_000_000)
            #expect(
                server.responder.refusedHeads.map(\.path) == Array(repeating: "/later", count: 50))
            for connection in connections {
                let answer = try #require(try connection.answer())
                #expect(answer.status == 503)
                #expect(answer.body == "shutting_down")
                #expect(try connection.isClosed())
            }
            #expect(try idle.isClosed())
            server.responder.gate.open()  // Answers that come too late fall on the floor.
        }
    }

    @Test("stopping under load loses no answer")
    func underLoad() async throws {
        for _ in 0..<10 {
            let server = try TestServer()
            server.responder.gate.open()
            let lost = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await blocking {
                            try Self.load(server, path: number % 2 == 0 ? "/a" : "/later")
                        }
                    }
                }
                group.addTask {
                    try await blocking {
                        try wait(until: "load") { server.responder.requests.count > 200 }
                        server.server.stop(drainMilliseconds: 5000)
                        return 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(lost == 0)
        }
    }

    /// One client that asks until it is told to go elsewhere.
    ///
    /// - Returns: 1 when the connection ended with a request unanswered.
    private static func load(_ server: TestServer, path: String) throws -> Int {
        let connection = try server.connect()
        while true {
            connection.get(path)
            guard let answer = try connection.answer() else { return 1 }
            if answer.endsConnection { return 0 }
        }
    }
}
