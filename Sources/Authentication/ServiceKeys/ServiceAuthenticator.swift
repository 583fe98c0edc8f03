public import Cryptography
public import Determinism
public import Observability
public import Storage

/// Believes calls that a service of the operator has signed, each once.
public struct ServiceAuthenticator: Sendable {
    /// How far a caller's clock may be from ours.
    static let skewMilliseconds: Int64 = 300_000
    /// How long a nonce is kept: longer than any call that carries it could be believed, whichever
    /// gateway's clock is asked.
    static let nonceMilliseconds: Int64 = 700_000

    private let database: Database
    private let sealer: SecretSealer
    private let surroundings: Surroundings
    private let logger: Logger
    private let records: ServiceCallRecords

    public init(
        database: Database, sealer: SecretSealer, surroundings: Surroundings, logger: Logger,
        metrics: MetricsRegistry
    ) {
        self.database = database
        self.sealer = sealer
        self.surroundings = surroundings
        self.logger = logger
        records = ServiceCallRecords(
            database: database, surroundings: surroundings, logger: logger, metrics: metrics)
    }

    /// The nonce is used up only once the signature holds, so that nobody else can use it up; and
    /// before the scope is looked at, so that no signed call can be tried twice.
    public func authenticate(
        _ call: ServiceCall, for scope: ServiceScope, caller: CallerContext
    ) async throws(ServiceCallRefusal) -> ServiceCaller {
        var known: ServiceCaller?
        do throws(ServiceCallRefusal) {
            guard let keyID = call.keyID, let key = try await find(keyID) else { throw .keyUnknown }
            known = key.caller
            guard !key.secrets.isEmpty else { throw .keyUnknown }
            try checkTime(call)
            try checkSignature(call, key)
            try await useUp(call)
            guard key.caller.scopes.contains(scope) else {
                throw .scopeMissing(scope)
            }
            return key.caller
        } catch {
            await records.add(error, of: known, keyID: call.keyID, caller: caller)
            throw error
        }
    }

    private func find(_ keyID: String) async throws(ServiceCallRefusal) -> KnownServiceKey? {
        // Whatever else stands there was never given out; it need not be looked for.
        guard keyID.utf8.count <= 64, !keyID.utf8.contains(0) else { return nil }
        do {
            return try await database.serviceKey(keyID)
        } catch {
            throw .storageUnavailable
        }
    }

    private func checkTime(_ call: ServiceCall) throws(ServiceCallRefusal) {
        guard let sent = call.milliseconds else { throw .timestampSkewed }
        let (distance, overflows) = sent.subtractingReportingOverflow(
            surroundings.now().milliseconds)
        guard !overflows, distance.magnitude <= UInt64(Self.skewMilliseconds) else {
            throw .timestampSkewed
        }
    }

    /// Every secret is tried, so that the time taken does not tell which one it was.
    private func checkSignature(
        _ call: ServiceCall, _ key: KnownServiceKey
    ) throws(ServiceCallRefusal) {
        guard let signature = call.signatureBytes, call.usableNonce != nil,
            let text = call.signedText
        else { throw .signatureInvalid }
        var isValid = false
        for secret in key.secrets {
            let code = try code(of: text, under: secret)
            isValid = ConstantTime.equal(code, signature) || isValid
        }
        guard isValid else { throw .signatureInvalid }
    }

    private func code(
        of text: [UInt8], under secret: KnownServiceKey.Secret
    ) throws(ServiceCallRefusal) -> [UInt8] {
        do {
            let opened = try sealer.open(
                secret.sealed, context: ServiceKeys.sealingContext(secret.id))
            return try HMACSHA256.code(for: text, key: opened)
        } catch {
            logger.error(
                "a service key's secret does not open", ("secretId", .text("\(secret.id)")))
            throw .secretUnreadable
        }
    }

    private func useUp(_ call: ServiceCall) async throws(ServiceCallRefusal) {
        guard let keyID = call.keyID, let nonce = call.usableNonce else {
            throw .signatureInvalid
        }
        let now = surroundings.now()
        let isFresh: Bool
        do {
            isFresh = try await database.useServiceNonce(
                nonce, of: keyID, at: now,
                until: now.adding(milliseconds: Self.nonceMilliseconds))
        } catch {
            throw .storageUnavailable
        }
        guard isFresh else { throw .signatureReplayed }
    }
}
