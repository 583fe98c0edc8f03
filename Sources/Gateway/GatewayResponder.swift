import Authentication
import ByteCodecs
public import Determinism
public import HTTPTransport
import Identifiers
public import Observability

/// The gateway's HTTP face: finds the call, has it admitted, runs it, and gives every answer its
/// request id, limits, CORS fields, log line and figures.
public final class GatewayResponder: HTTPResponder {
    private let router: Router
    private let admission: Admission
    private let contextReader: RequestContextReader
    private let readiness: Readiness
    private let metrics: GatewayMetrics
    private let limitFields: RateLimitFields
    private let largeBodies: LargeBodies
    private let logger: Logger

    /// - Parameter checks: what `GET /ready` runs; their names are its members.
    public init(
        configuration: GatewayConfiguration, services: GatewayServices, checks: [ReadinessCheck],
        logger: Logger, metrics registry: MetricsRegistry, surroundings: Surroundings
    ) {
        let limiter = RateLimiter(limits: configuration.limits, surroundings: surroundings)
        let originRule = OriginRule(
            origins: configuration.allowedOrigins,
            acceptsLoopback: configuration.acceptsLoopbackOrigins)
        let cookieNames = CookieNames(secure: configuration.hasSecureCookies)
        readiness = Readiness(checks)
        let routes = RouteTable(
            configuration: configuration, services: services, readiness: readiness,
            limiter: limiter, metrics: registry,
            tokenCookies: TokenCookies(names: cookieNames, now: surroundings.now),
            now: surroundings.now
        ).routes
        router = Router(routes)
        largeBodies = LargeBodies(now: surroundings.now)
        admission = Admission(
            cookieNames: cookieNames, originRule: originRule,
            accessTokens: services.accessTokens, serviceCalls: services.serviceCalls,
            limiter: limiter, now: surroundings.now)
        contextReader = RequestContextReader(
            originRule: originRule,
            clientAddress: ClientAddress(trustedProxies: configuration.trustedProxies),
            surroundings: surroundings)
        metrics = GatewayMetrics(registry, routes: routes)
        limitFields = RateLimitFields(limiter.limit)
        self.logger = logger
    }

    /// `GET /ready` says no from now on; everything else goes on until the server stops.
    public func beginDraining() { readiness.beginDraining() }

    public func admit(_ head: HTTPRequest) -> HTTPAdmission {
        guard let limit = largeLimit(head) else {
            return .accept(bodyLimit: BodyLimits.standard.bytes)
        }
        guard largeBodies.enter() else {
            let exchange = RequestRecord(head, contextReader.read(head))
            return .refuse(
                finish(Problem(.overloaded, "Too many large bodies are being read."), exchange))
        }
        return .accept(bodyLimit: limit)
    }

    /// Nil for a body that every call may have.
    private func largeLimit(_ head: HTTPRequest) -> Int? {
        guard let limit = router.largeBodyLimit(method: head.method, path: head.path),
            LargeBodies.isLarge(head)
        else { return nil }
        return limit
    }

    public func respond(to request: HTTPRequest) -> HTTPReply {
        guard largeLimit(request) != nil else { return reply(to: request) }
        switch reply(to: request) {
        case .now(let response):
            largeBodies.leave()
            return .now(response)
        case .later(let work):
            return .later { [largeBodies] in
                defer { largeBodies.leave() }
                return await work()
            }
        }
    }

    private func reply(to request: HTTPRequest) -> HTTPReply {
        var exchange = RequestRecord(request, contextReader.read(request))
        do throws(Problem) {
            switch try step(request, &exchange) {
            case .answer(let response): return .now(finish(response, exchange))
            case .wait(let work):
                return .later { [self, exchange] in
                    var exchange = exchange
                    do throws(Problem) {
                        return finish(try await work(&exchange), exchange)
                    } catch {
                        admission.countRefused(error, exchange)
                        return finish(error, exchange)
                    }
                }
            }
        } catch {
            return refuse(error, request, &exchange)
        }
    }

    /// Only what a bucket let pass is recorded: nobody writes without end.
    private func refuse(
        _ problem: Problem, _ request: HTTPRequest, _ exchange: inout RequestRecord
    ) -> HTTPReply {
        guard let recorder = exchange.route?.recorder, exchange.decision?.isAllowed == true else {
            return .now(finish(countedForAddress(problem, &exchange), exchange))
        }
        let caller = CallerContext(exchange.context, request.headers)
        return .later { [self, exchange] in
            await recorder(problem, caller)
            return finish(problem, exchange)
        }
    }

    /// An answer like any other: with the id, the CORS fields, the line and the figures of the
    /// request as far as its head could be read.
    public func refusal(_ reason: TransportRefusal, of head: HTTPRequest) -> HTTPResponse {
        var exchange = RequestRecord(head, contextReader.read(head))
        exchange.refusal = reason
        if case .found(let route, _) = router.match(method: head.method, path: head.path) {
            exchange.route = route
        }
        return finish(Problem(reason), exchange)
    }

    private func step(
        _ request: HTTPRequest, _ exchange: inout RequestRecord
    ) throws(Problem) -> Admission.Step {
        switch router.match(method: request.method, path: request.path) {
        case .found(let route, let values):
            exchange.route = route
            return try admission.step(route, values, request, &exchange)
        case .options(let allow):
            try admission.take(LimitKey(.standard, network: exchange.context.network), &exchange)
            return .answer(try options(allow, exchange.context.origin))
        case .wrongMethod(let allow):
            var problem = Problem(.methodNotAllowed, "This path takes \(allow).")
            problem.allowedMethods = allow
            throw problem
        case .unknown: throw Problem(.routeUnknown, "No call has this path.")
        }
    }

    private func options(
        _ allow: String, _ origin: OriginRule.Standing
    ) throws(Problem) -> HTTPResponse {
        switch origin {
        case .absent: .noContent(headers: [("Allow", allow)])
        case .ours: .noContent(headers: CrossOriginFields.preflight(allow: allow))
        case .foreign: throw Problem(.originRefused, "The Origin of this request is not ours.")
        }
    }

    /// What is refused before it is known whose it is counts for the address it came from, so that
    /// nobody can knock on doors without end.
    private func countedForAddress(_ problem: Problem, _ exchange: inout RequestRecord) -> Problem {
        let isLimited = exchange.route.map { $0.description.limit != nil } ?? true
        guard isLimited, exchange.decision == nil else { return problem }
        do throws(Problem) {
            try admission.take(LimitKey(.standard, network: exchange.context.network), &exchange)
            return problem
        } catch {
            return error
        }
    }

    private func finish(_ problem: Problem, _ exchange: RequestRecord) -> HTTPResponse {
        metrics.refused(problem.code)
        if problem.code == .rateLimited { metrics.limited(exchange.policy) }
        return finish(problem.response(requestID: exchange.context.id), exchange)
    }

    private func finish(_ response: HTTPResponse, _ exchange: RequestRecord) -> HTTPResponse {
        var response = response
        response.headers.append("X-Request-Id", exchange.context.id)
        response.headers.append(Self.noSniffing)
        if let decision = exchange.decision {
            limitFields.append(decision, of: exchange.policy, to: &response.headers)
        }
        CrossOriginFields.append(for: exchange.context.origin, to: &response.headers)
        let nanoseconds = exchange.context.started.elapsedNanoseconds
        metrics.ended(exchange.route, status: response.status, nanoseconds: nanoseconds)
        log(response.status, exchange, nanoseconds)
        return response
    }

    private static let noSniffing: HTTPFields = [("X-Content-Type-Options", "nosniff")]

    /// No target, no query string, no header, no body: nothing that can hold a secret.
    private func log(_ status: Int, _ exchange: RequestRecord, _ nanoseconds: UInt64) {
        let context = exchange.context
        logger.write(.info, exchange.refusal == nil ? "request" : "request refused") { line in
            if let customer = exchange.customer { line.add("customerId", customer.number) }
            if let service = exchange.service { line.add("service", service) }
            if let refusal = exchange.refusal { line.add("reason", refusal.name) }
            line.add("method", exchange.method)
            line.add("route", exchange.route?.name ?? "unknown")
            line.add("status", Int64(status))
            line.add("durationMicros", Int64(clamping: nanoseconds / 1000))
            line.add("requestId", context.id)
            line.add("traceId", context.trace.traceID)
            line.add("ip", context.client?.description ?? "")
        }
    }
}
