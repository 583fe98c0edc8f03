import ByteCodecs
import Determinism
import Escrow
import Gateway
import HTTPTransport
import Idempotency
import Identifiers
import Intake
import SuiProtocol
import Synchronization

@testable import Authentication
@testable import Billing

/// Services whose answers a test sets, and which remember how they were asked.
final class Doubles: Sendable {
    struct State {
        var challenge: Result<Challenge, SignInError> = .failure(.storageUnavailable)
        var verify: Result<SignedIn, SignInError> = .failure(.challengeUnknown)
        var refresh: Result<SignedIn, SessionError> = .failure(.refreshInvalid)
        var sessions: [Session] = []
        var customer: Result<Customer, CustomerError> = .failure(.unknown)
        /// What `verify` says of each token it knows.
        var tokens: [String: Result<VerifiedToken, TokenRefusal>] = [:]
        var remembered: Set<String> = []
        var recheck: Result<AccessClaims, TokenRefusal> = .failure(.undecided)
        /// What a request under a key comes to; nil does it.
        var keyed: Result<KeyedOutcome<Customer>, CustomerError>?
        var requests: [IdempotencyKey] = []
        /// What each secret-less service call is, by its key's id; others are unknown.
        var services: [String: Result<ServiceCaller, ServiceCallRefusal>] = [:]
        var serviceCalls: [ServiceCall] = []
        var plan: Result<Planned, ChargeError> = .failure(.accountMissing)
        var charges: [ChargeDetails] = []
        var newCharges: [NewCharge] = []
        var newRefunds: [NewRefund] = []
        var outcome: Result<EventOutcome, UsageEventError> = .success(EventOutcome())
        var sentEvents: [(events: [SentEvent], sender: EventSender)] = []
        var walletError = WalletError.notConfigured
        /// Nil: the database is away.
        var use: [PeriodSum]? = []
        var invoices: [StoredInvoice] = []
        var lines: [StoredLine] = []
        var keptAnswers: [KeptAnswer] = []
        var asked: [String] = []
    }

    let state = Mutex(State())
    let customerServices = ServiceDoubles()

    var asked: [String] { state.withLock { $0.asked } }

    func set(_ change: (inout sending State) -> Void) { state.withLock { change(&$0) } }

    func note(_ call: String) { state.withLock { $0.asked.append(call) } }

    var services: GatewayServices {
        GatewayServices(
            signIn: self, sessions: self, accessTokens: self, customers: self,
            serviceCalls: self, charges: self, wallets: self, subscriptions: customerServices,
            apiKeys: customerServices, edges: customerServices, usageEvents: self,
            billing: self)
    }
}

extension Doubles: SignInService {
    func challenge(
        address: SuiAddress?, chain: String?, caller: CallerContext
    ) async throws(SignInError) -> Challenge {
        note("challenge \(chain ?? "-") \(caller.ip ?? "-")")
        return try state.withLock { $0.challenge }.get()
    }

    func verify(
        nonce: String, challengeToken: String, signature: String, address: SuiAddress?,
        caller: CallerContext
    ) async throws(SignInError) -> SignedIn {
        note("verify \(nonce) \(challengeToken)")
        return try state.withLock { $0.verify }.get()
    }

    func record(_ refusal: SignInRefusal, caller: CallerContext) async {
        note("record \(refusal.rawValue) \(caller.ip ?? "-")")
    }
}

extension Doubles: SessionService {
    func refresh(_ token: String, caller: CallerContext) async throws(SessionError) -> SignedIn {
        note("refresh \(token)")
        return try state.withLock { $0.refresh }.get()
    }

    func list(
        of customer: CustomerID, before: (createdAt: Timestamp, id: SessionID)?, limit: Int
    ) async throws(SessionError) -> [Session] {
        note("list \(before?.createdAt.milliseconds ?? -1) \(limit)")
        let behind = state.withLock { $0.sessions }.filter { session in
            guard let before else { return true }
            return (session.createdAt, session.id.description)
                < (before.createdAt, before.id.description)
        }
        return Array(behind.prefix(limit))
    }

    func end(
        _ session: SessionID, of customer: CustomerID, reason: SessionEndReason,
        caller: CallerContext
    ) async throws(SessionError) {
        note("end \(session) \(reason.rawValue)")
        guard state.withLock({ $0.sessions.contains { $0.id == session } }) else {
            throw .sessionUnknown
        }
    }

    func endByRefreshToken(_ token: String, caller: CallerContext) async throws(SessionError) {
        note("endByRefreshToken \(token)")
    }

    func endAll(
        of customer: CustomerID, except kept: SessionID, caller: CallerContext
    ) async throws(SessionError) -> Int {
        note("endAll except \(kept)")
        return 0
    }
}

extension Doubles: AccessTokenService {
    /// Remembers a token once it was good.
    func verify(
        _ token: String, mayVerify: () -> Bool
    ) throws(TokenRefusal) -> VerifiedToken {
        let isRemembered = state.withLock { $0.remembered.contains(token) }
        guard isRemembered || mayVerify() else { throw .notNow }
        guard let known = state.withLock({ $0.tokens[token] }) else { throw .invalid }
        let verified = try known.get()
        state.withLock { _ = $0.remembered.insert(token) }
        return verified
    }

    func recheck(_ claims: AccessClaims) async throws(TokenRefusal) -> AccessClaims {
        note("recheck")
        return try state.withLock { $0.recheck }.get()
    }

    func jwks() -> JSONValue { ["keys": []] }
    var jwksMaxAgeSeconds: Int64 { 300 }
}

extension Doubles: CustomerService {
    func find(_ id: CustomerID) async throws(CustomerError) -> Customer {
        try state.withLock { $0.customer }.get()
    }

    func rename(
        _ id: CustomerID, to displayName: String?, caller: CallerContext,
        under request: KeyedRequest<Customer>?
    ) async throws(CustomerError) -> KeyedOutcome<Customer> {
        note("rename \(displayName ?? "nil")")
        let customer = try state.withLock { $0.customer }.get()
        guard let request else { return .done(customer) }
        return try state.withLock { state in
            state.requests.append(request.key)
            return state.keyed
        }?.get() ?? .done(customer)
    }
}
