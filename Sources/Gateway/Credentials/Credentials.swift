import HTTPTransport

/// What a request brought along to show who it is; nothing here has been verified.
struct Credentials: Sendable, Equatable {
    /// Whether there is an `Authorization` header, of whatever scheme. Then nothing else counts.
    var hasAuthorization = false
    /// The token of `Authorization: Bearer`.
    var bearer: String?
    /// Empty beside `Authorization`.
    var cookies = SluiceCookies()

    /// The access token of this request, wherever it stands.
    var accessToken: String? { hasAuthorization ? bearer : cookies.access }

    /// Cookies beside `Authorization`, or of a call that believes none, are not even read: they
    /// must not be able to hurt who does not use them.
    init(
        _ headers: HTTPHeaders, names: CookieNames, readsCookies: Bool = true
    ) throws(Problem) {
        if let authorization = headers.first("Authorization") {
            hasAuthorization = true
            bearer = Self.bearerToken(of: authorization)
        } else if readsCookies, let header = headers.first("Cookie") {
            do {
                cookies = try CookieParser(names: names).parse(header)
            } catch {
                throw Problem(error)
            }
        }
    }

    /// RFC 6750, section 2.1: the scheme in any case, one space, `b64token`; nil for all else.
    static func bearerToken(of field: String) -> String? {
        var field = field
        return field.withUTF8 { bytes in
            guard bytes.count > scheme.count else { return nil }
            for (byte, letter) in zip(bytes, scheme) {
                guard byte == letter || byte | 0x20 == letter && byte >= 0x41 else { return nil }
            }
            let token = UnsafeBufferPointer(rebasing: bytes[scheme.count...])
            return TokenBytes.areAll(token) ? String(decoding: token, as: UTF8.self) : nil
        }
    }

    private static let scheme = Array("bearer ".utf8)
}

extension Problem {
    init(_ refusal: CookieParser.Refusal) {
        switch refusal {
        case .duplicated(let kind):
            self.init(
                .credentialsConflict, "The \(kind.rawValue) cookie may be there once only.")
        case .malformed(.challenge):
            self.init(.challengeUnknown, "The challenge cookie has a value never set here.")
        case .malformed(let kind):
            self.init(
                .tokenInvalid, "The \(kind.rawValue) cookie has a value never set here.")
        }
    }
}
