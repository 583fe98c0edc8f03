import SuiProtocol

/// What the public sees: addresses, cookies and the sign-in text.
struct SiteSettings: Sendable {
    /// Where users reach the gateway; its host stands in the sign-in text.
    let publicURL: Origin
    /// Further origins whose pages may call the API; never holds ``publicURL``.
    let allowedOrigins: [Origin]
    /// Pages of this machine, on any port; development only.
    let allowsLoopbackOrigins: Bool
    let secureCookies: Bool
    let chain: SuiChain
    /// The sentence a user signs.
    let statement: String

    /// - Parameter isMocked: whether the network is a simulated one unless another is named.
    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader, isMocked: Bool) {
        let before = reader.problems.count
        let publicURL = Self.publicURL(&reader)
        allowedOrigins = Self.origins(&reader).filter { $0 != publicURL }
        allowsLoopbackOrigins = reader.flag(.allowLoopbackOrigins, default: false)
        if reader.isProduction, allowsLoopbackOrigins {
            reader.refuse(
                .allowLoopbackOrigins, "is on, which SLUICE_ENV=production does not allow")
        }
        secureCookies = reader.flag(.cookieSecure, default: true)
        if reader.isProduction, !secureCookies {
            reader.refuse(.cookieSecure, "is false, which SLUICE_ENV=production does not allow")
        }
        let chain = Self.chain(&reader, default: isMocked ? .localnet : .mainnet)
        statement = reader.text(.statement, default: "Sign in to sluice.")
        if !Self.isStatement(statement) {
            reader.refuse(.statement, "must be 1 to 200 printable ASCII characters on one line")
        }
        guard let publicURL, let chain, reader.problems.count == before else { return nil }
        (self.publicURL, self.chain) = (publicURL, chain)
    }

    /// Each once, in the order given. A page without TLS can be changed by whoever is on its way,
    /// so that its origin says nothing about who wrote it.
    private static func origins(_ reader: inout ConfigurationReader) -> [Origin] {
        var origins: [Origin] = []
        for text in reader.list(.allowedOrigins) {
            guard let origin = Origin(text) else {
                reader.refuse(
                    .allowedOrigins, "'\(text)' is not an origin such as https://app.host")
                continue
            }
            if reader.isProduction, !origin.isSecure {
                reader.refuse(.allowedOrigins, "'\(text)' is not https")
            }
            if !origins.contains(origin) { origins.append(origin) }
        }
        return origins
    }

    static func chain(
        _ reader: inout ConfigurationReader, default standard: SuiChain
    ) -> SuiChain? {
        let name = reader.text(.chain, default: standard.rawValue)
        let chain = SuiChain(rawValue: name)
        if chain == nil {
            let names = SuiChain.allCases.map(\.rawValue).joined(separator: ", ")
            reader.refuse(.chain, "'\(name)' is none of \(names)")
        }
        return chain
    }

    private static func publicURL(_ reader: inout ConfigurationReader) -> Origin? {
        let purpose = "where users reach the gateway, as in https://gateway.your.host"
        guard let text = reader.requiredText(.publicURL, purpose) else { return nil }
        guard let origin = Origin(text) else {
            reader.refuse(.publicURL, "'\(text)' is not http(s)://host[:port] without a path")
            return nil
        }
        if reader.isProduction, !origin.isSecure, !origin.isLoopback {
            reader.refuse(.publicURL, "is not https, so no browser would keep the secure cookies")
        }
        return origin
    }

    /// The statement's place in the sign-in text is one line (EIP-4361 `statement`).
    private static func isStatement(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
