import Authentication

/// Everything about a call but what it does: the router, the checks, `/openapi.json` and `/docs`
/// all read it here.
struct RouteDescription: Sendable {
    enum Tag: String, CaseIterable, Sendable {
        case signIn = "Sign-in"
        case sessions = "Sessions"
        case customer = "Customer"
        case wallet = "Wallet"
        case services = "Services"
        case charges = "Charges"
        case billing = "Billing"
        case intake = "Intake"
        case operations = "Operations"
    }

    enum Credential: Equatable, Sendable {
        case none
        /// `Authorization: Bearer` or the access cookie.
        case accessToken
        /// The refresh cookie, or a member of the body.
        case refreshToken
        /// Either of the two above.
        case anyToken
        /// The challenge cookie or `X-Challenge-Token`.
        case challengeToken
        /// A signature with the key of a service that has this scope.
        case service(ServiceScope)
    }

    enum Body: Sendable {
        case none
        case required(Schema)
        /// No body is the same as `{}`.
        case optional(Schema)

        var schema: Schema? {
            switch self {
            case .none: nil
            case .required(let schema), .optional(let schema): schema
            }
        }
    }

    var method: String
    var path: PathPattern
    /// Unique, camelCase: the `operationId`.
    var operation: String
    var tag: Tag
    /// One line.
    var summary: String
    /// Paragraphs, for people.
    var details: String
    var credential = Credential.none
    /// Nil is not limited at all.
    var limit: LimitPolicy? = .standard
    var parameters: [RouteParameter] = []
    var body = Body.none
    var bodyLimits = BodyLimits.standard
    /// Calls that answer with secrets ignore it, and so do those that can be repeated anyway.
    var idempotencyKey = IdempotencyHeader.Rule.ignored
    var answers: [RouteAnswer]
    /// Those special to this call; what can happen to any call comes by itself.
    var problems: [ProblemCode] = []

    init(
        _ method: String, _ path: String, _ operation: String, _ tag: Tag, _ summary: String,
        _ details: String, answers: [RouteAnswer]
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.operation = operation
        self.tag = tag
        self.summary = summary
        self.details = details
        self.answers = answers
    }

    /// All that a client can say outside the body, for the documents.
    var allParameters: [RouteParameter] {
        guard idempotencyKey != .ignored else { return parameters }
        return parameters + [.idempotencyKey(isRequired: idempotencyKey == .required)]
    }

    func with(_ change: (inout RouteDescription) -> Void) -> RouteDescription {
        var changed = self
        change(&changed)
        return changed
    }
}
