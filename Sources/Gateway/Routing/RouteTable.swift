import Determinism
import HTTPTransport
import Observability

/// All calls of the gateway: what the router finds is what the documents tell.
struct RouteTable {
    let routes: [Route]

    init(
        configuration: GatewayConfiguration, services: GatewayServices, readiness: Readiness,
        limiter: RateLimiter, metrics: MetricsRegistry, tokenCookies: TokenCookies,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let calls =
            SignInCalls(
                signIn: services.signIn, tokenCookies: tokenCookies, chain: configuration.chain
            ).routes
            + SessionCalls(
                sessions: services.sessions, accessTokens: services.accessTokens,
                tokenCookies: tokenCookies, limiter: limiter
            ).routes + CustomerCalls(customers: services.customers).routes
            + WalletCalls(wallets: services.wallets).routes
            + CatalogueCalls(subscriptions: services.subscriptions).routes
            + SubscriptionCalls(subscriptions: services.subscriptions).routes
            + APIKeyCalls(
                keys: services.apiKeys, edges: EdgeWait(edges: services.edges), now: now
            ).routes
            + ChargeCalls(charges: services.charges, now: now).routes
            + RefundCalls(charges: services.charges, now: now).routes
            + BillingCalls(billing: services.billing, now: now).routes
            + UsageEventCalls(events: services.usageEvents).routes
            + OperationsCalls(
                accessTokens: services.accessTokens, readiness: readiness, metrics: metrics
            ).routes
        let document = OpenAPIDocument(
            configuration: configuration,
            routes: calls.map(\.description) + DocumentCalls.descriptions)
        routes = calls + DocumentCalls(document: document).routes
    }
}
