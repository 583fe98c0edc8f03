import Authentication
import ByteCodecs
import Determinism
import HTTPTransport
import Identifiers
import Intake
import Synchronization
import Testing

@testable import Gateway

@Suite struct UsageEventCallsTests {
    private let bench = GatewayBench()
    private let headers = [("Authorization", "Bearer svc_1")]
    private static let target = "/v1/ingest/usage-events"
    private static let event = """
        {"id":"e-1","timestamp":"2026-11-21T09:30:00.250Z","customerId":42,"serviceType":"seal",\
        "method":"POST","statusCode":200,"bytesIn":512,"bytesOut":4096,"durationMs":12}
        """

    init() {
        bench.doubles.set {
            $0.services = [
                "svc_1": .success(
                    ServiceCaller(
                        keyID: "svc_1", name: "tokyo", scopes: [.ingest], edge: "edge-3")),
                "svc_2": .success(ServiceCaller(keyID: "svc_2", name: "osaka", scopes: [.ingest])),
                "svc_3": .failure(.scopeMissing(.ingest)), "svc_4": .failure(.signatureReplayed),
                "svc_5": .failure(.signatureInvalid),
            ]
            $0.outcome = .success(EventOutcome(accepted: 1))
        }
    }

    private var sent: [(events: [SentEvent], sender: EventSender)] {
        bench.doubles.state.withLock { $0.sentEvents }
    }

    private func post(
        _ events: String, edge: String = "edge-3", key: String = "svc_1"
    ) async -> Answer {
        await bench.send(
            "POST", Self.target, [("Authorization", "Bearer \(key)")],
            body: #"{"edge":"\#(edge)","events":[\#(events)]}"#)
    }

    @Test("events go on as they were sent, under the key and its edge")
    func taken() async throws {
        let answer = await post(Self.event)
        let (events, sender) = try #require(sent.first)
        let event = try #require(events.first?.event)

        #expect(answer.status == 200)
        #expect(answer.text == #"{"accepted":1,"duplicates":0,"rejected":[]}"#)
        #expect(sender == EventSender(keyID: "svc_1", name: "tokyo", edge: "edge-3"))
        #expect(events.map(\.id) == ["e-1"])
        #expect(event.time.rfc3339 == "2026-11-21T09:30:00.250Z")
        #expect(event.customer.number == 42)
        #expect(event.service == "seal" && event.method == "POST" && event.status == 200)
        #expect([event.bytesIn, event.bytesOut, event.durationMilliseconds] == [512, 4096, 12])
    }

    @Test("the answer counts, and names what is not counted")
    func outcome() async {
        bench.doubles.set {
            $0.outcome = .success(
                EventOutcome(
                    accepted: 3, duplicates: 2,
                    rejected: [
                        .init(id: "a", reason: .tooOld), .init(id: "b", reason: .customerUnknown),
                    ]))
        }
        #expect(
            await post(Self.event).text
                == #"{"accepted":3,"duplicates":2,"rejected":[{"id":"a","code":"event_too_old"},"#
                + #"{"id":"b","code":"customer_unknown"}]}"#)
    }

    @Test("a key without an edge of its own speaks for one of its name")
    func namedEdge() async {
        #expect(await post(Self.event, edge: "osaka", key: "svc_2").status == 200)
        #expect(sent.map(\.sender.edge) == ["osaka"])
    }

    @Test(
        "who speaks for another edge, or may not speak, is not heard",
        arguments: [
            ("svc_1", "edge-4", 403, "edge_mismatch"), ("svc_1", "tokyo", 403, "edge_mismatch"),
            ("svc_2", "edge-3", 403, "edge_mismatch"), ("svc_3", "edge-3", 403, "scope_missing"),
            ("svc_4", "edge-3", 401, "signature_replayed"),
            ("svc_5", "edge-3", 401, "signature_invalid"),
            ("svc_9", "edge-3", 401, "service_key_unknown"),
        ])
    func refused(key: String, edge: String, status: Int, code: String) async {
        let answer = await post(Self.event, edge: edge, key: key)

        #expect(answer.status == status)
        #expect(answer.code == code)
        #expect(sent.isEmpty)
    }

    @Test(
        "an event that no request can have been goes on as one, beside the others",
        arguments: [
            (#""2026-11-21T09:30:00.250Z""#, "1795246453050"),
            (#""2026-11-21T09:30:00.250Z""#, #""2026-11-21T09:30:00+01:00""#),
            (#""customerId":42"#, #""customerId":0"#), ("42", "\"42\""), ("42", "4294967296"),
            (#""seal""#, "7"), (#""POST""#, #""P OST""#), (#""POST""#, "null"),
            (#""POST""#, #""ABCDEFGHIJKLMNOPQ""#), ("200", "99"), ("200", "600"),
            ("512", "-512"), ("512", "5.12"), ("4096", "1125899906842625"),
            ("12}", "2147483648}"), ("12}", "[[[]]]}"),
        ])
    func invalid(what: String, becomes: String) async throws {
        let parts = Self.event.split(
            separator: what, maxSplits: 1, omittingEmptySubsequences: false)
        let event = parts.joined(separator: becomes)
        let answer = await post(
            Self.event + "," + event.replacing("e-1", with: "e-2"))

        #expect(answer.status == 200)
        let events = try #require(sent.first?.events)
        #expect(events.map(\.id) == ["e-1", "e-2"])
        #expect(events.map { $0.event == nil } == [false, true])
    }

    @Test(
        "a body of another shape is refused whole",
        arguments: [
            #"{"edge":"edge-3"}"#, #"{"events":[]}"#, #"{"edge":"edge 3","events":[]}"#,
            #"{"edge":"edge-3","events":{}}"#, #"{"edge":"edge-3","events":[7]}"#,
            #"{"edge":"edge-3","events":[],"more":1}"#, #"{"edge":"edge-3","events":[{"id":"a"}]}"#,
            #"{"edge":"edge-3","events":["# + event.replacing("e-1", with: "") + "]}",
            #"{"edge":"edge-3","events":["# + event.replacing("e-1", with: "e 1") + "]}",
            #"{"edge":"edge-3","events":["# + event.replacing("\"e-1\"", with: "1") + "]}",
            #"{"edge":"edge-3","events":["# + event.replacing("{", with: #"{"tier":"pro","#) + "]}",
        ])
    func misshapen(body: String) async {
        let answer = await bench.send("POST", Self.target, headers, body: body)

        #expect(answer.status == 400)
        #expect(answer.code == "body_invalid")
        #expect(sent.isEmpty)
    }

    @Test("10,000 events are taken, and one more is not")
    func many() async {
        let event = Self.event
        let most = Array(repeating: event, count: 10_000).joined(separator: ",")

        #expect(await post(most).status == 200)
        #expect(sent.map(\.events.count) == [10_000])
        #expect(await post(most + "," + event).code == "body_invalid")
        #expect(sent.count == 1)
    }

    @Test("where it cannot be said what became of them, the caller is told to ask again")
    func away() async {
        bench.doubles.set { $0.outcome = .failure(.storageUnavailable) }
        let answer = await post(Self.event)

        #expect(answer.status == 503)
        #expect(answer.code == "storage_unavailable")
        #expect(answer.header("Retry-After") == "2")
    }

    @Test("only this call takes more than 64 KiB, and only so many at a time")
    func largeBodies() async throws {
        func limit(_ target: String, _ length: Int) -> Int? {
            let head = HTTPRequest(
                method: "POST", target: target,
                headers: HTTPHeaders([("Content-Length", String(length))]), body: [],
                peerAddress: nil)
            guard case .accept(let limit) = bench.gateway.admit(head) else { return nil }
            return limit
        }
        #expect(limit("/v1/charges", 1 << 20) == 64 << 10)
        #expect(limit(Self.target, 1000) == 64 << 10)
        for _ in 0..<64 { #expect(limit(Self.target, 1 << 20) == 4 << 20) }
        #expect(limit(Self.target, 1 << 20) == nil)
        #expect(limit(Self.target, 1000) == 64 << 10)

        _ = await bench.sendRaw("POST", Self.target, headers + [("Content-Length", "100000")])
        #expect(limit(Self.target, 1 << 20) == 4 << 20)
        #expect(limit(Self.target, 1 << 20) == nil)
        // Those whose senders went away make room by and by.
        bench.world.advance(milliseconds: 60_001)
        #expect(limit(Self.target, 1 << 20) == 4 << 20)
    }
}
