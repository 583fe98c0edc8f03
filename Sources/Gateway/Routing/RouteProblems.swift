extension RouteDescription {
    /// What can happen to any request, by what the transport and the router check.
    static let commonProblems: [ProblemCode] = [
        .requestMalformed, .methodNotAllowed, .bodyTooLarge, .targetTooLong,
        .expectationUnsupported, .headTooLarge, .internalError, .notImplemented, .overloaded,
    ]

    /// Every problem this call can answer with, each once, by status.
    var allProblems: [ProblemCode] {
        let codes = problems + Self.commonProblems + credentialProblems + inputProblems
        return ProblemCode.allCases.filter(codes.contains)
    }

    private var credentialProblems: [ProblemCode] {
        let origin: [ProblemCode] = method == "GET" ? [] : [.originRefused]
        switch credential {
        case .none: return origin
        case .challengeToken: return origin + [.credentialsConflict, .challengeUnknown]
        case .service:
            return [
                .serviceKeyUnknown, .timestampSkewed, .signatureInvalid, .signatureReplayed,
                .scopeMissing, .storageUnavailable,
            ]
        case .accessToken, .refreshToken, .anyToken:
            return origin + [
                .credentialsConflict, .tokenMissing, .tokenInvalid, .tokenExpired, .sessionEnded,
                .storageUnavailable,
            ]
        }
    }

    private var inputProblems: [ProblemCode] {
        var codes: [ProblemCode] = limit == nil ? [] : [.rateLimited]
        if body.schema != nil { codes += [.bodyInvalid, .mediaTypeUnsupported] }
        if !parameters.isEmpty { codes += [.parameterInvalid] }
        if !path.names.isEmpty { codes += [.routeUnknown] }
        if idempotencyKey == .required { codes += [.idempotencyKeyMissing] }
        if idempotencyKey != .ignored {
            codes += [
                .idempotencyKeyInvalid, .idempotencyKeyInFlight, .idempotencyKeyReused,
                .storageUnavailable,
            ]
        }
        return codes
    }
}
