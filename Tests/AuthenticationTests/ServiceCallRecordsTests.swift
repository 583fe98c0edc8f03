import Audit
import Determinism
import Observability
import Storage
import TestSupport
import Testing

@testable import Authentication

@Suite struct ServiceCallRecordsTests {
    private struct Stage {
        let world: AuthenticationWorld
        let records: ServiceCallRecords
        let service = ServiceCaller(
            keyID: "svc_00000000000000000001", name: "biller", scopes: [.charges])

        init() async throws {
            world = try await AuthenticationWorld()
            records = ServiceCallRecords(
                database: world.database, surroundings: world.clock.surroundings,
                logger: .disabled, metrics: world.metrics)
        }

        func refuse(
            _ refusal: ServiceCallRefusal, of service: ServiceCaller? = nil, keyID: String? = "x",
            times: Int = 1
        ) async {
            for _ in 0..<times {
                await records.add(refusal, of: service, keyID: keyID, caller: world.caller)
            }
        }

        /// Reason and details of what is on record, oldest first.
        func recorded(_ detail: String = "leftOut") async throws -> [String] {
            try await world.testDatabase.run(
                """
                SELECT concat_ws(' ', reason, details->>'\(detail)') FROM audit_log
                 WHERE action = 'service_call_refused' ORDER BY audit_id
                """
            ).compactMap { $0.first ?? nil }
        }

        func counted(_ reason: String) -> Bool {
            world.metrics.text().contains(
                "sluice_service_calls_refused_total{reason=\"\(reason)\"} ")
        }
    }

    @Test("of many refusals in a minute one is on record, and all are counted")
    func flood() async throws {
        let stage = try await Stage()
        await stage.refuse(.signatureInvalid, of: stage.service, times: 1000)
        stage.world.clock.advance(milliseconds: 59_999)
        await stage.refuse(.signatureInvalid, of: stage.service)
        #expect(try await stage.recorded() == ["signature_invalid 0"])

        stage.world.clock.advance(milliseconds: 1)
        await stage.refuse(.signatureInvalid, of: stage.service, times: 2)
        #expect(try await stage.recorded() == ["signature_invalid 0", "signature_invalid 1000"])
        let total = "sluice_service_calls_refused_total{reason=\"signature_invalid\"} 1003\n"
        #expect(stage.world.metrics.text().contains(total))
    }

    @Test("neither another reason nor another key is left out because of it")
    func kinds() async throws {
        let stage = try await Stage()
        let other = ServiceCaller(keyID: "svc_2", name: "other", scopes: [])
        for refusal in [
            ServiceCallRefusal.signatureInvalid, .timestampSkewed, .signatureReplayed,
            .scopeMissing(.charges), .keyUnknown,
        ] {
            await stage.refuse(refusal, of: stage.service, times: 3)
        }
        await stage.refuse(.signatureInvalid, of: other)
        #expect(
            try await stage.recorded("name") == [
                "signature_invalid biller", "timestamp_skewed biller", "signature_replayed biller",
                "scope_missing biller", "service_key_revoked biller", "signature_invalid other",
            ])
    }

    @Test("keys that were never given out share a record, whatever they are called")
    func guesses() async throws {
        let stage = try await Stage()
        for number in 0..<50 {
            await stage.refuse(.keyUnknown, keyID: "svc_000000000000000000\(10 + number)")
        }
        #expect(
            try await stage.recorded("keyId") == ["service_key_unknown svc_00000000000000000010"])
    }

    @Test(
        "what is no id of a key is not written down: it may be a secret in the wrong place",
        arguments: [
            "eyJhbGciOiJFZERTQSJ9.e30.c2ln", String(repeating: "a", count: 64), "",
            "svc_0000000000000000000G", "svc_000000000000000000000", "SVC_00000000000000000000",
        ])
    func otherCredentials(keyID: String) async throws {
        let stage = try await Stage()
        await stage.refuse(.keyUnknown, keyID: keyID)
        #expect(try await stage.recorded("keyId") == ["service_key_unknown"])
    }

    @Test("no credential at all is counted and not recorded, nor is what is our own fault")
    func withoutRecord() async throws {
        let stage = try await Stage()
        await stage.refuse(.keyUnknown, keyID: nil)
        await stage.refuse(.storageUnavailable, of: stage.service)
        await stage.refuse(.secretUnreadable, of: stage.service)
        #expect(try await stage.recorded().isEmpty)
        #expect(stage.counted("service_key_unknown"))
    }

    @Test("a clock that was set back silences nothing")
    func clockSetBack() {
        let tally = RefusalTally()
        let kind = RefusalTally.Kind(keyID: "k", reason: "r")
        let now = Timestamp(milliseconds: 1_000_000)
        #expect(tally.take(kind, at: now) == 0)
        #expect(tally.take(kind, at: now.adding(milliseconds: 5)) == nil)
        #expect(tally.take(kind, at: now.adding(milliseconds: -1)) == 1)
    }
}
