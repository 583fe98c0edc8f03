import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage
import TestSupport
import Testing

@testable import Authentication

@Suite struct ServiceAuthenticatorTests {
    /// A service that signs by the words of the contract, not by our code.
    private struct Service {
        var key: NewServiceKey
        var now: Int64

        func call(
            nonce: String = "0123456789abcdef", method: String = "POST",
            target: String = "/v1/charges?a=%20b", host: String = "api.example",
            idempotencyKey: String? = "k", body: String = "{}", timestamp: Int64? = nil
        ) throws -> ServiceCall {
            let time = String(timestamp ?? now)
            let hash = Hex.encode(SHA256.hash(Array(body.utf8)))
            let text =
                "\(key.id)\n\(method)\n\(target)\n\(host)\n\(time)\n\(nonce)\n"
                + "\(idempotencyKey ?? "")\n\(hash)"
            let code = try HMACSHA256.code(
                for: Array(text.utf8), key: Array(key.secret.utf8))
            return ServiceCall(
                keyID: key.id, method: method, target: target, host: host, timestamp: time,
                nonce: nonce, idempotencyKey: idempotencyKey, body: Array(body.utf8),
                signature: Hex.encode(code))
        }
    }

    private struct Stage {
        let world: AuthenticationWorld
        let authenticator: ServiceAuthenticator
        let service: Service

        init(scopes: Set<ServiceScope> = [.charges]) async throws {
            world = try await AuthenticationWorld()
            let sealer = try SecretSealer(
                key: try SecretBytes([UInt8](repeating: 7, count: 32)))
            let keys = ServiceKeys(
                database: world.database, sealer: sealer, changedBy: .sample,
                surroundings: world.clock.surroundings)
            authenticator = ServiceAuthenticator(
                database: world.database, sealer: sealer, surroundings: world.clock.surroundings,
                logger: .disabled, metrics: world.metrics)
            service = Service(
                key: try await keys.add(name: "biller", scopes: scopes),
                now: world.clock.surroundings.now().milliseconds)
        }

        func ask(
            _ call: ServiceCall, for scope: ServiceScope = .charges
        ) async throws -> ServiceCaller {
            try await authenticator.authenticate(call, for: scope, caller: world.caller)
        }

        func nonces() async throws -> Int {
            try await world.count("SELECT count(*) FROM service_nonces")
        }

        func audited() async throws -> [String?] {
            try await world.testDatabase.run(
                "SELECT reason FROM audit_log WHERE action = 'service_call_refused' ORDER BY audit_id"
            ).map { $0.first ?? nil }
        }
    }

    @Test("a signed call is believed, and its nonce is used up")
    func believed() async throws {
        let stage = try await Stage()
        let caller = try await stage.ask(try stage.service.call())

        #expect(caller.name == "biller")
        #expect(caller.scopes == [.charges])
        #expect(try await stage.nonces() == 1)
        #expect(try await stage.audited().isEmpty)
    }

    @Test("whatever was changed on the way, the call is not believed and its nonce not used up")
    func altered() async throws {
        let stage = try await Stage()
        let good = try stage.service.call()
        let changes: [(inout ServiceCall) -> Void] = [
            { $0.method = "GET" }, { $0.method = "post" }, { $0.target = "/v1/charges?a=+b" },
            { $0.host = "API.example" }, { $0.host = "api.example:443" },
            { $0.nonce = "0123456789abcdeF" }, { $0.idempotencyKey = "k2" },
            { $0.idempotencyKey = nil }, { $0.body = [] }, { $0.body.append(0x20) },
            { $0.timestamp = String((Int64($0.timestamp ?? "") ?? 0) + 1) },
            { $0.signature = $0.signature.map { String($0.dropLast()) + "0" } },
        ]
        for (index, change) in changes.enumerated() {
            var call = good
            change(&call)
            if call.signature == good.signature, index == changes.count - 1 {
                call.signature = String(good.signature?.dropLast() ?? "") + "1"
            }
            await #expect(throws: ServiceCallRefusal.signatureInvalid) { try await stage.ask(call) }
        }
        #expect(try await stage.nonces() == 0)
        #expect(try await stage.audited() == ["signature_invalid"])
        _ = try await stage.ask(good)
    }

    @Test("fields cannot be moved from one line into the next")
    func shifted() async throws {
        let stage = try await Stage()
        var call = try stage.service.call(host: "a\nb")
        call.target += "\na"
        call.host = "b"
        await #expect(throws: ServiceCallRefusal.signatureInvalid) { try await stage.ask(call) }
    }

    @Test(
        "a signature or nonce of another spelling is none",
        arguments: [
            nil, "", "zz", String(repeating: "0", count: 64), String(repeating: "A", count: 64),
            String(repeating: "0", count: 63), String(repeating: "0", count: 66),
        ] as [String?])
    func signatureForms(signature: String?) async throws {
        let stage = try await Stage()
        var call = try stage.service.call()
        call.signature = signature
        await #expect(throws: ServiceCallRefusal.signatureInvalid) { try await stage.ask(call) }
    }

    @Test func upperCaseHexIsRefused() async throws {
        let stage = try await Stage()
        var call = try stage.service.call()
        call.signature = call.signature?.uppercased()
        await #expect(throws: ServiceCallRefusal.signatureInvalid) { try await stage.ask(call) }
    }

    @Test(
        arguments: [
            "", "short", "0123456789abcde", "0123456789abcde-", "0123456789abcde\n",
            "0123456789abcdeé", String(repeating: "a", count: 65),
        ])
    func badNoncesAreRefusedThoughSigned(nonce: String) async throws {
        let stage = try await Stage()
        let call = try stage.service.call(nonce: nonce)
        await #expect(throws: ServiceCallRefusal.signatureInvalid) { try await stage.ask(call) }
        #expect(try await stage.nonces() == 0)
    }

    @Test(
        "300 seconds off are taken, a millisecond more is not",
        arguments: [
            (-300_000, true), (300_000, true), (-300_001, false), (300_001, false),
            (-Int64(1_000_000_000), false),
        ] as [(Int64, Bool)])
    func skew(offset: Int64, isTaken: Bool) async throws {
        let stage = try await Stage()
        let call = try stage.service.call(timestamp: stage.service.now + offset)
        if isTaken {
            _ = try await stage.ask(call)
        } else {
            await #expect(throws: ServiceCallRefusal.timestampSkewed) {
                try await stage.ask(call)
            }
            #expect(try await stage.nonces() == 0)
        }
    }

    @Test(
        arguments: [
            nil, "", "x", "1.5", "+1", "01", " 1", "1e9", "-1", "9223372036854775807",
            "99999999999999999999",
        ] as [String?])
    func noTimestampIsASkewedOne(timestamp: String?) async throws {
        let stage = try await Stage()
        var call = try stage.service.call()
        call.timestamp = timestamp
        await #expect(throws: ServiceCallRefusal.timestampSkewed) { try await stage.ask(call) }
    }

    @Test("keys that are unknown, revoked or without a secret are unknown")
    func unknownKeys() async throws {
        let stage = try await Stage()
        var call = try stage.service.call()
        for id in [nil, "", "svc_", "biller", String(repeating: "a", count: 65), "a\0b"] {
            call.keyID = id
            await #expect(throws: ServiceCallRefusal.keyUnknown) { try await stage.ask(call) }
        }
        call = try stage.service.call()
        for statement in [
            "UPDATE service_key_secrets SET revoked_at = now()",
            "UPDATE service_keys SET revoked_at = now()",
        ] {
            try await stage.world.testDatabase.run(statement)
            await #expect(throws: ServiceCallRefusal.keyUnknown) { try await stage.ask(call) }
        }
        #expect(try await stage.nonces() == 0)
        #expect(try await stage.audited() == ["service_key_unknown", "service_key_revoked"])
    }

    @Test("a call works once, however many gateways it reaches at the same moment")
    func replayed() async throws {
        let stage = try await Stage()
        let call = try stage.service.call()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { (try? await stage.ask(call)) != nil }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 }.count == 1)
        await #expect(throws: ServiceCallRefusal.signatureReplayed) { try await stage.ask(call) }
        _ = try await stage.ask(try stage.service.call(nonce: "fedcba9876543210"))
    }

    @Test("a nonce belongs to its key")
    func noncesOfOthers() async throws {
        let stage = try await Stage()
        let sealer = try SecretSealer(key: try SecretBytes([UInt8](repeating: 7, count: 32)))
        let other = Service(
            key: try await ServiceKeys(
                database: stage.world.database, sealer: sealer, changedBy: .sample,
                surroundings: stage.world.clock.surroundings
            ).add(name: "other", scopes: [.charges]), now: stage.service.now)
        _ = try await stage.ask(try stage.service.call())
        _ = try await stage.ask(try other.call())
    }

    @Test("nonces are kept for 700 seconds and then removed, by the task that removes what expired")
    func expiry() async throws {
        let stage = try await Stage()
        let rows = ExpiredRows(
            database: stage.world.database, surroundings: stage.world.clock.surroundings)
        _ = try await stage.ask(try stage.service.call())
        stage.world.clock.advance(milliseconds: 699_000)
        try await rows.remove()
        #expect(try await stage.nonces() == 1)
        stage.world.clock.advance(milliseconds: 2000)
        try await rows.remove()
        #expect(try await stage.nonces() == 0)
    }

    @Test("a call beyond the key's scopes uses up its nonce and is on record")
    func scopes() async throws {
        let stage = try await Stage(scopes: [.reports])
        let call = try stage.service.call()
        await #expect(throws: ServiceCallRefusal.scopeMissing(.charges)) {
            try await stage.ask(call)
        }
        await #expect(throws: ServiceCallRefusal.signatureReplayed) {
            try await stage.ask(call, for: .reports)
        }
        #expect(try await stage.audited() == ["scope_missing", "signature_replayed"])
    }

    @Test("two secrets of a key are good at once, a third older one is not")
    func twoSecrets() async throws {
        let stage = try await Stage()
        let sealer = try SecretSealer(key: try SecretBytes([UInt8](repeating: 7, count: 32)))
        let keys = ServiceKeys(
            database: stage.world.database, sealer: sealer, changedBy: .sample,
            surroundings: stage.world.clock.surroundings)
        stage.world.clock.advance(milliseconds: 1000)
        let second = try await keys.addSecret(to: "biller")
        let now = stage.world.clock.surroundings.now().milliseconds
        #expect(second.id == stage.service.key.id)
        for (index, key) in [stage.service.key, second].enumerated() {
            let service = Service(key: key, now: now)
            _ = try await stage.ask(try service.call(nonce: "0123456789abcde\(index)"))
        }
        await #expect(throws: ServiceKeyError.tooManySecrets) {
            try await keys.addSecret(to: "biller")
        }
        #expect(try await keys.retireSecrets(of: "biller"))
        let old = try stage.service.call(nonce: "0123456789abcdeX")
        await #expect(throws: ServiceCallRefusal.signatureInvalid) { try await stage.ask(old) }
        _ = try await stage.ask(
            try Service(key: second, now: now).call(nonce: "0123456789abcdeY"))
        #expect(try await !keys.retireSecrets(of: "biller"))
        await #expect(throws: ServiceKeyError.nameUnknown) {
            try await keys.addSecret(to: "nobody")
        }
    }

    @Test("where nonces are kept is away, nothing is believed")
    func storageAway() async throws {
        let stage = try await Stage()
        let call = try stage.service.call()
        try await stage.world.testDatabase.run(
            "ALTER TABLE service_nonces RENAME TO service_nonces_away")
        await #expect(throws: ServiceCallRefusal.storageUnavailable) { try await stage.ask(call) }
        try await stage.world.testDatabase.run(
            "ALTER TABLE service_nonces_away RENAME TO service_nonces")
        _ = try await stage.ask(call)
    }

    @Test("a secret sealed under another installation's key is a fault, not a refusal")
    func unreadable() async throws {
        let stage = try await Stage()
        let other = ServiceAuthenticator(
            database: stage.world.database,
            sealer: try SecretSealer(key: try SecretBytes([UInt8](repeating: 8, count: 32))),
            surroundings: stage.world.clock.surroundings, logger: .disabled,
            metrics: stage.world.metrics)
        let call = try stage.service.call()
        await #expect(throws: ServiceCallRefusal.secretUnreadable) {
            try await other.authenticate(call, for: .charges, caller: stage.world.caller)
        }
    }
}
