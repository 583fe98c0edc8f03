import Authentication
import Determinism
import HTTPTransport
import Identifiers

/// What a request must pass before its handler runs, in this order: the bucket of its address (or,
/// where a token says whose it is, of the customer or session), its origin, its credential, the
/// shape of its parameters, idempotency key and body.
struct Admission: Sendable {
    /// An answer, or what must be waited for to have one.
    enum Step: Sendable {
        case answer(HTTPResponse)
        case wait(@Sendable (inout RequestRecord) async throws(Problem) -> HTTPResponse)
    }

    let cookieNames: CookieNames
    let originRule: OriginRule
    let accessTokens: any AccessTokenService
    let serviceCalls: any ServiceCallService
    let limiter: RateLimiter
    let now: @Sendable () -> Timestamp

    func step(
        _ route: Route, _ values: [String: String], _ request: HTTPRequest,
        _ exchange: inout RequestRecord
    ) throws(Problem) -> Step {
        let credential = route.description.credential
        if case .service(let scope) = credential {
            return try serviceStep(route, values, request, scope, &exchange)
        }
        if let policy = route.description.limit, credential.isOfAddress {
            try take(LimitKey(policy, network: exchange.context.network), &exchange)
        }
        let credentials = try Credentials(
            request.headers, names: cookieNames, readsCookies: credential != .none)
        try originRule.check(
            method: request.method, standing: exchange.context.origin,
            hasAuthorization: credentials.hasAuthorization,
            isCookieCredential: credential.isCookie(in: credentials.cookies))
        let verified =
            credential == .accessToken ? try verifiedToken(credentials, &exchange) : nil
        let keyOwner = verified.map { "customer/\($0.claims.customerID)" }
        let call = try call(
            route, values, request, credentials, exchange.context, keyOwner: keyOwner)
        if credential == .refreshToken { try takeOfSession(call, &exchange) }
        return try step(route.handler, call, verified, exchange.context)
    }

    /// A service's call: nothing of it is looked at before its signature, which needs the database.
    private func serviceStep(
        _ route: Route, _ values: [String: String], _ request: HTTPRequest,
        _ scope: ServiceScope, _ exchange: inout RequestRecord
    ) throws(Problem) -> Step {
        guard case .service(let run) = route.handler else { throw Self.credentialMissing }
        let decision = limiter.look(at: LimitKey(.standard, network: exchange.context.network))
        exchange.decision = decision
        guard decision.isAllowed else { throw Problem(decision) }
        return .wait { exchange throws(Problem) in
            let service = try await authenticate(request, scope, exchange.context)
            exchange.service = service.name
            try take(LimitKey(.service, .service(service.keyID)), &exchange)
            let credentials = try Credentials(
                request.headers, names: cookieNames, readsCookies: false)
            let call = try call(
                route, values, request, credentials, exchange.context, keyOwner: service.name)
            return try await run(call, service)
        }
    }

    private func authenticate(
        _ request: HTTPRequest, _ scope: ServiceScope, _ context: RequestContext
    ) async throws(Problem) -> ServiceCaller {
        do {
            return try await serviceCalls.authenticate(
                ServiceHeaders.call(request), for: scope,
                caller: CallerContext(context, request.headers))
        } catch {
            throw Problem(error, at: now())
        }
    }

    private static let credentialMissing = Problem(
        .internalError, "The route does not say which credential it needs.")

    /// - Throws: `rate_limited` when nothing is left.
    func take(_ key: LimitKey, _ exchange: inout RequestRecord) throws(Problem) {
        let decision = limiter.take(key)
        exchange.decision = decision
        exchange.policy = key.policy
        guard decision.isAllowed else { throw Problem(decision) }
    }

    private func call(
        _ route: Route, _ values: [String: String], _ request: HTTPRequest,
        _ credentials: Credentials, _ context: RequestContext, keyOwner: String?
    ) throws(Problem) -> Call {
        let parameters = try ParameterReader(parameters: route.description.parameters).read(
            path: values, query: request.query, headers: request.headers)
        let key = try IdempotencyHeader.read(
            route.description.idempotencyKey, from: request, caller: keyOwner)
        let body = try BodyReader.read(
            route.description.body, within: route.description.bodyLimits, from: request)
        return Call(
            context: context, credentials: credentials, headers: request.headers,
            parameters: parameters, body: body, idempotencyKey: key)
    }

    private func verifiedToken(
        _ credentials: Credentials, _ exchange: inout RequestRecord
    ) throws(Problem) -> VerifiedToken {
        guard let token = credentials.accessToken else {
            throw credentials.hasAuthorization
                ? Problem(.tokenInvalid, "Authorization must be Bearer and a token.")
                : Problem(.tokenMissing, "This call needs an access token.")
        }
        let address = LimitKey(.standard, network: exchange.context.network)
        let verified: VerifiedToken
        do {
            // Who sent too many bad tokens waits; one that is remembered is never looked at again.
            verified = try accessTokens.verify(token) { limiter.look(at: address).isAllowed }
        } catch {
            guard error != .notNow else { throw Problem(limiter.look(at: address)) }
            throw Problem(error)
        }
        exchange.customer = verified.claims.customerID
        try take(
            LimitKey(.standard, .customer(verified.claims.customerID.number)), &exchange)
        return verified
    }

    /// A refresh counts for its session. Tokens that nobody ever had would each count for a new
    /// one, so those who try many find the bucket of their address empty first.
    private func takeOfSession(_ call: Call, _ exchange: inout RequestRecord) throws(Problem) {
        let address = LimitKey(.standard, network: exchange.context.network)
        let decision = limiter.look(at: address)
        guard decision.isAllowed else {
            exchange.decision = decision
            throw Problem(decision)
        }
        guard let token = try call.refreshToken() else {
            throw Problem(.tokenMissing, "There is no refresh token, in a cookie or in the body.")
        }
        try take(.session(ofRefreshToken: token), &exchange)
    }

    /// A refresh token that turned out to be none counts for the address it came from as well, and
    /// so does a service's call whose signature did not hold.
    func countRefused(_ problem: Problem, _ exchange: RequestRecord) {
        guard problem.code.status == 401 || problem.code == .scopeMissing else { return }
        let isService = exchange.route?.description.credential.isService ?? false
        guard exchange.policy == .refresh || isService else { return }
        _ = limiter.take(LimitKey(.standard, network: exchange.context.network))
    }

    private func step(
        _ handler: Route.Handler, _ call: Call, _ verified: VerifiedToken?,
        _ context: RequestContext
    ) throws(Problem) -> Step {
        switch (handler, verified) {
        case (.now(let run), _): return .answer(try run(call))
        case (.later(let run), _): return .wait { _ throws(Problem) in try await run(call) }
        case (.signedInNow(let run), .valid(let claims)?): return .answer(try run(call, claims))
        case (.signedInNow(let run), .recheck(let claims)?):
            return .wait { _ throws(Problem) in try run(call, try await recheck(claims)) }
        case (.signedInLater(let run), .valid(let claims)?):
            return .wait { _ throws(Problem) in try await run(call, claims) }
        case (.signedInLater(let run), .recheck(let claims)?):
            return .wait { _ throws(Problem) in
                try await run(call, try await recheck(claims))
            }
        case (.signedInNow, nil), (.signedInLater, nil), (.service, _):
            throw Self.credentialMissing
        }
    }

    private func recheck(_ claims: AccessClaims) async throws(Problem) -> AccessClaims {
        do {
            return try await accessTokens.recheck(claims)
        } catch {
            throw Problem(error)
        }
    }
}

extension VerifiedToken {
    fileprivate var claims: AccessClaims {
        switch self {
        case .valid(let claims), .recheck(let claims): claims
        }
    }
}

extension RouteDescription.Credential {
    /// Whether such calls count for the caller's address, before anything is looked at.
    var isOfAddress: Bool {
        switch self {
        case .none, .challengeToken, .anyToken: true
        case .accessToken, .refreshToken, .service: false
        }
    }

    var isService: Bool {
        guard case .service = self else { return false }
        return true
    }

    /// Whether a cookie is what such a call believes. The challenge cookie is not: it says which
    /// browser asked, not who is there.
    func isCookie(in cookies: SluiceCookies) -> Bool {
        switch self {
        case .none, .challengeToken, .service: false
        case .accessToken: cookies.access != nil
        case .refreshToken: cookies.refresh != nil
        case .anyToken: cookies.access != nil || cookies.refresh != nil
        }
    }
}

extension Problem {
    init(_ decision: LimitDecision) {
        self.init(.rateLimited, "Try again in \(max(1, decision.retrySeconds)) s.")
        retryAfterSeconds = max(1, decision.retrySeconds)
    }
}
