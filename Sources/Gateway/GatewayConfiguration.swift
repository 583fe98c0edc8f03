public import HTTPTransport

/// What an operator decides about the gateway's face to the world.
public struct GatewayConfiguration: Sendable {
    /// Where clients reach us, without a slash at the end, as `https://api.example`.
    public var publicURL: String
    /// Serialised origins whose pages may call us, the public URL's own among them.
    public var allowedOrigins: Set<String>
    /// Pages on `http://localhost` and `http://127.0.0.1`, any port; for `sluice dev`.
    public var acceptsLoopbackOrigins = false
    /// False drops `__Host-` and `Secure` from cookies; for development without TLS.
    public var hasSecureCookies = true
    /// Whose `X-Forwarded-For` is believed.
    public var trustedProxies: [IPNetwork] = []
    public var limits = RateLimits()
    /// The CAIP-2 id of the one network served, as `sui:mainnet`.
    public var chain: String
    /// The version that the OpenAPI document shows.
    public var version: String

    public init(publicURL: String, allowedOrigins: Set<String>, chain: String, version: String) {
        self.publicURL = publicURL
        self.allowedOrigins = allowedOrigins
        self.chain = chain
        self.version = version
    }
}
