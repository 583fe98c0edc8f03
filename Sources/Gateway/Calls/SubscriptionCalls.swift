import Authentication
import Billing
import ByteCodecs
import HTTPTransport
import Idempotency
import Identifiers
import Services
import SuiProtocol

/// `/v1/services`: what a customer has of the services, and changes of that.
struct SubscriptionCalls: Sendable {
    let subscriptions: any SubscriptionService

    var routes: [Route] {
        [
            Route(Self.listDescription, .signedInLater(list)),
            Route(Self.findDescription, .signedInLater(find)),
            Route(Self.quoteDescription, .signedInLater(quote)),
            Route(Self.configureDescription, .signedInLater(configure)),
            Route(Self.enableDescription, .signedInLater(enable)),
            Route(Self.disableDescription, .signedInLater(disable)),
        ]
    }

    @Sendable private func list(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        do {
            let found = try await subscriptions.list(of: claims.customerID)
            return .json(200, ["items": .array(found.map { JSONValue($0) }), "nextCursor": .null])
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func find(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let service = try call.service()
        do {
            return .json(
                200, JSONValue(try await subscriptions.find(service, of: claims.customerID)))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func quote(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let (service, wanted) = (try call.service(), try WantedConfiguration(call))
        do {
            let quote = try await subscriptions.quote(wanted, for: service, of: claims.customerID)
            return .json(200, JSONValue(quote))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func configure(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let (service, wanted) = (try call.service(), try WantedConfiguration(call))
        let request = try call.change()
        do {
            let outcome = try await subscriptions.configure(
                wanted, for: service, by: ActingCustomer(claims, call), under: request)
            return try await answer(outcome, service, claims)
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func enable(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let (service, request) = (try call.service(), try call.change())
        do {
            let outcome = try await subscriptions.enable(
                service, by: ActingCustomer(claims, call), under: request)
            return try await answer(outcome, service, claims)
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func disable(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let service = try call.service()
        do {
            let standing = try await subscriptions.disable(
                service, by: ActingCustomer(claims, call))
            return .json(200, JSONValue(standing))
        } catch {
            throw Problem(error)
        }
    }

    /// Where the first answer is forgotten: what the service is now, and nothing changed.
    private func answer(
        _ outcome: KeyedOutcome<SubscriptionOutcome>, _ service: ServiceType,
        _ claims: AccessClaims
    ) async throws(SubscriptionError) -> HTTPResponse {
        switch outcome {
        case .done(let done): return .json(200, JSONValue(done))
        case .repeated(let kept): return HTTPResponse(kept)
        case .forgotten(let made):
            let standing = try await subscriptions.find(service, of: claims.customerID)
            return .json(200, JSONValue(forgotten: standing, invoice: made.map { InvoiceID($0) }))
        }
    }
}

extension Call {
    func service() throws(Problem) -> ServiceType {
        guard let service = textParameter("type").flatMap(ServiceType.init) else {
            throw Problem(.internalError, "The route does not say what it needs.")
        }
        return service
    }

    fileprivate func change() throws(Problem) -> KeyedRequest<SubscriptionOutcome> {
        guard let request = keyed({ (done: SubscriptionOutcome) in .json(200, JSONValue(done)) })
        else { throw Problem(.internalError, "The route does not say what it needs.") }
        return request
    }
}

extension WantedConfiguration {
    fileprivate init(_ call: Call) throws(Problem) {
        guard let tier = call.text("tier").flatMap(ServiceTier.init) else {
            throw Problem(.internalError, "The route does not say what it needs.")
        }
        self.init(tier: tier)
        guard case .object(let options)? = call.body["options"] else { return }
        func count(_ name: String) -> Int64? {
            guard case .integer(let number)? = options[name] else { return nil }
            return number
        }
        hasBurst = options["burst"] == .bool(true)
        sealKeys = count("sealKeys")
        packagesPerKey = count("packagesPerKey")
        apiKeys = count("apiKeys")
    }
}

extension ActingCustomer {
    init(_ claims: AccessClaims, _ call: Call) {
        let caller = call.caller
        self.init(
            claims.customerID, walletAddress: claims.walletAddress.description,
            session: claims.sessionID, ip: caller.ip, userAgent: caller.userAgent,
            requestID: caller.requestID)
    }
}
