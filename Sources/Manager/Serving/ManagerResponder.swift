public import HTTPTransport
public import Observability
import Synchronization

/// `/health`, `/ready` and `/metrics` of a manager, for its own machine and without signing in; all
/// else is the dashboard's.
public final class ManagerResponder: HTTPResponder {
    private let report: @Sendable () async -> ManagerReport
    private let metrics: MetricsRegistry
    private let dashboard: Dashboard?
    private let isDraining = Atomic(false)

    /// - Parameters:
    ///   - dashboard: nil for none.
    ///   - report: must come back within a few seconds by itself.
    public init(
        metrics: MetricsRegistry, dashboard: Dashboard? = nil,
        report: @escaping @Sendable () async -> ManagerReport
    ) {
        self.metrics = metrics
        self.dashboard = dashboard
        self.report = report
    }

    /// From now on `/ready` says no, without looking; there is no way back.
    public func beginDraining() { isDraining.store(true, ordering: .relaxed) }

    public func admit(_ head: HTTPRequest) -> HTTPAdmission {
        guard Self.open.contains(head.path) else {
            guard let dashboard else {
                return .refuse(Self.plain(404, "There is no such page here.\n"))
            }
            return dashboard.refusal(of: head).map(HTTPAdmission.refuse)
                ?? .accept(bodyLimit: head.method == "POST" ? Dashboard.bodyLimit : 0)
        }
        guard ["GET", "HEAD"].contains(head.method) else {
            var response = Self.plain(405, "GET and HEAD only.\n")
            response.headers = response.headers + [("Allow", "GET, HEAD")]
            return .refuse(response)
        }
        return .accept(bodyLimit: 0)
    }

    private static let open = ["/health", "/ready", "/metrics"]

    public func respond(to request: HTTPRequest) -> HTTPReply {
        if let dashboard, !Self.open.contains(request.path) {
            return .later { await dashboard.respond(to: request) }
        }
        return switch request.path {
        case "/health": .now(Self.plain(200, "ok\n"))
        case "/metrics":
            .now(
                HTTPResponse(
                    status: 200,
                    headers: [
                        ("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
                        ("Cache-Control", "no-store"),
                    ], body: Array(metrics.text().utf8)))
        default:
            .later { [self] in
                guard !isDraining.load(ordering: .relaxed) else {
                    return ManagerReport(
                        checks: [("manager", .unavailable("This instance is about to stop."))],
                        isLeading: false
                    ).response
                }
                return await report().response
            }
        }
    }

    public func refusal(_ reason: TransportRefusal, of head: HTTPRequest) -> HTTPResponse {
        Self.plain(reason.status, "The request cannot be answered.\n")
    }

    private static func plain(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
            ], body: Array(text.utf8))
    }
}
