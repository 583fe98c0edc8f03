import Observability

/// The gateway's own figures. Those of every request are looked up once, at start.
final class GatewayMetrics: Sendable {
    private struct RouteMetrics {
        /// By the first digit of the status, from 1xx.
        let classes: [Counter]
        let duration: Histogram
    }

    private let registry: MetricsRegistry
    private let byRoute: [ObjectIdentifier: RouteMetrics]
    private let elsewhere: RouteMetrics

    init(_ registry: MetricsRegistry, routes: [Route]) {
        self.registry = registry
        byRoute = Dictionary(
            routes.map { route in
                let metrics = Self.metrics(
                    registry, method: route.description.method, route: route.name)
                return (ObjectIdentifier(route), metrics)
            }, uniquingKeysWith: { first, _ in first })
        elsewhere = Self.metrics(registry, method: "other", route: "unknown")
    }

    func ended(_ route: Route?, status: Int, nanoseconds: UInt64) {
        let metrics = route.flatMap { byRoute[ObjectIdentifier($0)] } ?? elsewhere
        metrics.classes[min(max(status / 100, 1), 5) - 1].increment()
        metrics.duration.observe(nanoseconds: nanoseconds)
    }

    func limited(_ policy: LimitPolicy) {
        registry.counter(
            "sluice_rate_limited_total", help: "Requests refused by a limit.",
            labels: [("policy", policy.rawValue)]
        ).increment()
    }

    /// Credentials that were refused, by code: a rise means an attack or a broken client.
    func refused(_ code: ProblemCode) {
        guard code.status == 401 || code.status == 403 else { return }
        registry.counter(
            "sluice_authentication_failures_total", help: "Refused credentials by problem code.",
            labels: [("code", code.rawValue)]
        ).increment()
    }

    private static func metrics(
        _ registry: MetricsRegistry, method: String, route: String
    ) -> RouteMetrics {
        let labels = [("method", method), ("route", route)]
        return RouteMetrics(
            classes: (1...5).map { digit in
                registry.counter(
                    "sluice_http_requests_total", help: "Answered requests.",
                    labels: labels + [("status", "\(digit)xx")])
            },
            duration: registry.histogram(
                "sluice_http_request_duration_seconds",
                help: "From the whole request to the answer.", labels: labels))
    }
}
