/// What the public sees: addresses, cookies and the sign-in text.
struct SiteSettings: Sendable {
    /// CAIP-2 names of the Sui networks.
    static let chains = ["sui:mainnet", "sui:testnet", "sui:devnet", "sui:localnet"]

    /// Where users reach the gateway; its host stands in the sign-in text.
    let publicURL: Origin
    /// Further origins whose pages may call the API; never holds ``publicURL``.
    let allowedOrigins: [Origin]
    let secureCookies: Bool
    let chain: String
    /// The sentence a user signs.
    let statement: String

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let before = reader.problems.count
        let publicURL = Self.publicURL(&reader)
        var origins: [Origin] = []
        for text in reader.list(.allowedOrigins) {
            guard let origin = Origin(text) else {
                reader.refuse(
                    .allowedOrigins, "'\(text)' is not an origin such as https://app.host")
                continue
            }
            if origin != publicURL, !origins.contains(origin) { origins.append(origin) }
        }
        allowedOrigins = origins
        secureCookies = reader.flag(.cookieSecure, default: true)
        if reader.isProduction, !secureCookies {
            reader.refuse(.cookieSecure, "is false, which SLUICE_ENV=production does not allow")
        }
        chain = reader.text(.chain, default: "sui:mainnet")
        if !Self.chains.contains(chain) {
            reader.refuse(.chain, "'\(chain)' is none of \(Self.chains.joined(separator: ", "))")
        }
        statement = reader.text(.statement, default: "Sign in to sluice.")
        if !Self.isStatement(statement) {
            reader.refuse(.statement, "must be 1 to 200 printable ASCII characters on one line")
        }
        guard let publicURL, reader.problems.count == before else { return nil }
        self.publicURL = publicURL
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
