import ByteCodecs
public import Determinism
import HTTPTransport
public import Identifiers
import Storage

/// The pages for operators, on the manager's own port.
///
/// Nobody else's page can use it: the name in `Host` must be this machine's own, forms carry what
/// only this session's pages know, and the cookie comes from no other site. Who has no session, and
/// no secret in `Authorization`, sees the login page alone.
public final class Dashboard: Sendable {
    static let bodyLimit = 16 << 10

    private let operators: Operators
    private let maker: PageMaker
    private let desk: ActionDesk
    private let surroundings: Surroundings
    private let throttle = SignInThrottle()
    /// Of its own: a tool that has an old secret must keep nobody from signing in.
    private let toolThrottle = SignInThrottle()

    /// - Parameters:
    ///   - report: as `/ready` has it.
    ///   - tip: the chain's newest checkpoint as a node tells it; must come back by itself.
    ///   - approvalAbove: what moves more than this needs a second operator.
    public init(
        _ parts: DashboardParts, approvalAbove: MicroUSDC, surroundings: Surroundings,
        report: @escaping @Sendable () async -> ManagerReport,
        tip: @escaping @Sendable () async -> Int64?
    ) {
        operators = Operators(database: parts.database, surroundings: surroundings)
        maker = PageMaker(
            database: parts.database, surroundings: surroundings, tasks: parts.tasks,
            report: report, tip: tip)
        desk = ActionDesk(
            database: parts.database, surroundings: surroundings, tasks: parts.tasks.map(\.name),
            approvals: Approvals(
                database: parts.database, surroundings: surroundings, above: approvalAbove),
            replay: parts.replay)
        self.surroundings = surroundings
    }

    // MARK: - Admission

    /// What can be refused before any of the body is read.
    func refusal(of head: HTTPRequest) -> HTTPResponse? {
        let asJSON = Self.isTool(head)
        guard Caller.hasLoopbackHost(head.headers) else {
            return DashboardAnswer.problem(
                421, "host_unknown", "This is reached as localhost or 127.0.0.1 only.",
                asJSON: asJSON)
        }
        guard ["GET", "HEAD", "POST"].contains(head.method) else {
            var response = DashboardAnswer.problem(
                405, "method_not_allowed", "GET, HEAD and POST only.", asJSON: asJSON)
            response.headers.append("Allow", "GET, HEAD, POST")
            return response
        }
        guard head.method != "POST" || !Caller.isForeign(head.headers) else {
            return DashboardAnswer.problem(
                403, "origin_foreign", "Another site's page asked for this.", asJSON: asJSON)
        }
        return nil
    }

    private static func isTool(_ request: HTTPRequest) -> Bool {
        Caller.wantsJSON(request.headers) || Caller.bearer(request.headers) != nil
    }

    // MARK: - Answers

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let asJSON = Self.isTool(request)
        if request.path == "/style.css" { return DashboardAnswer.stylesheet() }
        do throws(OperatorRefusal) {
            if request.path == "/login" { return try await login(request) }
            guard let visitor = try await visitor(of: request) else {
                return asJSON
                    ? DashboardAnswer.problem(
                        401, "operator_unknown", "An operator's secret is needed.", asJSON: true)
                    : DashboardAnswer.redirect(to: "/login")
            }
            return try await respond(to: request, from: visitor, asJSON: asJSON)
        } catch .throttled {
            return DashboardAnswer.problem(
                429, "too_many_wrong_secrets", "Too many wrong secrets. Wait a minute.",
                asJSON: asJSON)
        } catch {
            return DashboardAnswer.problem(
                503, "storage_unavailable", "The database does not answer.", asJSON: asJSON)
        }
    }

    private func visitor(of request: HTTPRequest) async throws(OperatorRefusal) -> Visitor? {
        if let secret = Caller.bearer(request.headers) {
            if let name = try await operators.name(ofSecret: secret) { return Visitor(tool: name) }
            // Nobody guesses a secret; it is the record that is not to be flooded.
            let now = surroundings.now()
            guard toolThrottle.mayTry(at: now) else { throw .throttled }
            toolThrottle.failed(at: now)
            try await operators.noteWrongSecret(["by": "bearer"])
            return nil
        }
        guard let token = Caller.sessionToken(request.headers),
            let name = try await operators.name(ofSession: token)
        else { return nil }
        return Visitor(name: name, token: token)
    }

    private func respond(
        to request: HTTPRequest, from visitor: Visitor, asJSON: Bool
    ) async throws(OperatorRefusal) -> HTTPResponse {
        let isPost = request.method == "POST"
        let text =
            isPost ? String(validating: request.body, as: UTF8.self) : request.query ?? ""
        guard let fields = text.flatMap(FormFields.init(parsing:)) else {
            return DashboardAnswer.problem(
                400, "form_invalid", "The form cannot be read.", asJSON: asJSON)
        }
        if isPost, !visitor.mayAct(fields["csrf"]) {
            return DashboardAnswer.problem(
                403, "csrf_wrong", "The form is of another session: go back and load it anew.",
                asJSON: asJSON)
        }
        if let action = Self.action(request.path) {
            return isPost
                ? await perform(action, fields, visitor, asJSON: asJSON)
                : await question(action, fields, visitor, asJSON: asJSON)
        }
        if isPost, request.path == "/logout", let token = visitor.token {
            try await operators.signOut(token, of: visitor.name)
            return DashboardAnswer.redirect(to: "/login", cookie: DashboardAnswer.endedCookie)
        }
        guard !isPost, let make = DashboardPages.make(request.path) else {
            return DashboardAnswer.problem(
                404, "not_found", "There is no such page.", asJSON: asJSON)
        }
        var page = await make(maker, fields)
        page.notice = fields["notice"]
        if asJSON {
            return DashboardAnswer.json(PageJSON.body(page), status: page.isWhole ? 200 : 503)
        }
        let html = PageHTML(visitor: visitor, path: request.path, role: await role())
        return DashboardAnswer.html(html.document(page))
    }

    private func role() async -> String {
        await maker.report().isLeading ? "leading" : "standby"
    }

    private static func action(_ path: String) -> AdminAction? {
        path.hasPrefix("/actions/") ? AdminAction(rawValue: String(path.dropFirst(9))) : nil
    }

    // MARK: - Signing in

    private func login(_ request: HTTPRequest) async throws(OperatorRefusal) -> HTTPResponse {
        guard request.method == "POST" else { return DashboardAnswer.html(LoginPage.document()) }
        let fields = String(validating: request.body, as: UTF8.self)
            .flatMap(FormFields.init(parsing:))
        guard let name = fields?["name"], let secret = fields?["secret"] else {
            return DashboardAnswer.html(
                LoginPage.document(error: "Name and secret are needed."), status: 400)
        }
        let now = surroundings.now()
        guard throttle.mayTry(at: now) else {
            return DashboardAnswer.html(
                LoginPage.document(error: "Too many wrong secrets. Wait a minute."), status: 429)
        }
        guard let token = try await operators.signIn(name, secret: secret) else {
            throttle.failed(at: now)
            return DashboardAnswer.html(
                LoginPage.document(error: "Name and secret do not belong together."), status: 401)
        }
        return DashboardAnswer.redirect(to: "/", cookie: DashboardAnswer.cookie(token))
    }

    // MARK: - Actions

    private func question(
        _ action: AdminAction, _ fields: FormFields, _ visitor: Visitor, asJSON: Bool
    ) async -> HTTPResponse {
        let facts =
            switch action {
            case .approve, .refuse: await maker.request(fields["approval"])
            case .suspendService, .liftSuspension: await maker.service(fields)
            default: [PageFact]()
            }
        let once = UUIDv7(from: surroundings)
        if asJSON {
            return DashboardAnswer.json(PageJSON.body(action, fields, facts, once: once))
        }
        let page = ActionPage(
            action: action, fields: fields, facts: facts, visitor: visitor, role: await role())
        return DashboardAnswer.html(page.document(once: once))
    }

    private func perform(
        _ action: AdminAction, _ fields: FormFields, _ visitor: Visitor, asJSON: Bool
    ) async -> HTTPResponse {
        guard fields["confirm"] == "yes" else {
            return DashboardAnswer.problem(
                400, "not_confirmed", "It was not confirmed.", asJSON: asJSON)
        }
        let given = fields["once"]
        guard let once = given.map({ UUIDv7($0) }) ?? UUIDv7(from: surroundings) else {
            return DashboardAnswer.problem(
                400, "field_invalid", "once must be a UUID", asJSON: asJSON)
        }
        let outcome = await desk.perform(
            action, fields, by: visitor.name, once: SQLUUID(bytes: once.bytes))
        switch outcome {
        case .done(let words), .waits(let words):
            if asJSON {
                let isDone = if case .done = outcome { true } else { false }
                let body: JSONValue = ["done": .bool(isDone), "detail": .string(words)]
                return DashboardAnswer.json(body.serialized(), status: isDone ? 200 : 202)
            }
            let query = FormFields.encoded([("notice", words)])
            return DashboardAnswer.redirect(to: action.page + "?" + query)
        case .refused(let code, let words):
            return DashboardAnswer.problem(
                code.hasPrefix("field_") ? 400 : 409, code, words, asJSON: asJSON)
        case .unavailable:
            return DashboardAnswer.problem(
                503, "storage_unavailable",
                "The database does not answer: whether it was done is not known.", asJSON: asJSON)
        }
    }
}
