public import Authentication
public import Billing
public import ByteCodecs
public import Determinism
public import Escrow
public import Idempotency
public import Identifiers
public import Intake
public import Services
public import SuiProtocol

/// What the routes ask of the domain. Protocols, so that a test of a route needs no database.
public struct GatewayServices: Sendable {
    public var signIn: any SignInService
    public var sessions: any SessionService
    public var accessTokens: any AccessTokenService
    public var customers: any CustomerService
    public var serviceCalls: any ServiceCallService
    public var charges: any ChargeService
    public var wallets: any WalletService
    public var subscriptions: any SubscriptionService
    public var apiKeys: any APIKeyService
    public var edges: any EdgeService
    public var usageEvents: any UsageEventService
    public var billing: any BillingService

    public init(
        signIn: any SignInService, sessions: any SessionService,
        accessTokens: any AccessTokenService, customers: any CustomerService,
        serviceCalls: any ServiceCallService, charges: any ChargeService,
        wallets: any WalletService, subscriptions: any SubscriptionService,
        apiKeys: any APIKeyService, edges: any EdgeService, usageEvents: any UsageEventService,
        billing: any BillingService
    ) {
        self.signIn = signIn
        self.sessions = sessions
        self.accessTokens = accessTokens
        self.customers = customers
        self.serviceCalls = serviceCalls
        self.charges = charges
        self.wallets = wallets
        self.subscriptions = subscriptions
        self.apiKeys = apiKeys
        self.edges = edges
        self.usageEvents = usageEvents
        self.billing = billing
    }
}

/// See ``SignIn``.
public protocol SignInService: Sendable {
    func challenge(
        address: SuiAddress?, chain: String?, caller: CallerContext
    ) async throws(SignInError) -> Challenge
    func verify(
        nonce: String, challengeToken: String, signature: String, address: SuiAddress?,
        caller: CallerContext
    ) async throws(SignInError) -> SignedIn
    func record(_ refusal: SignInRefusal, caller: CallerContext) async
}

/// See ``Sessions``.
public protocol SessionService: Sendable {
    func refresh(
        _ token: String, caller: CallerContext
    ) async throws(SessionError) -> SignedIn
    func list(
        of customer: CustomerID, before: (createdAt: Timestamp, id: SessionID)?, limit: Int
    ) async throws(SessionError) -> [Session]
    func end(
        _ session: SessionID, of customer: CustomerID, reason: SessionEndReason,
        caller: CallerContext
    ) async throws(SessionError)
    func endByRefreshToken(_ token: String, caller: CallerContext) async throws(SessionError)
    func endAll(
        of customer: CustomerID, except kept: SessionID, caller: CallerContext
    ) async throws(SessionError) -> Int
}

/// See ``AccessTokens``.
public protocol AccessTokenService: Sendable {
    func verify(_ token: String, mayVerify: () -> Bool) throws(TokenRefusal) -> VerifiedToken
    func recheck(_ claims: AccessClaims) async throws(TokenRefusal) -> AccessClaims
    func jwks() -> JSONValue
    var jwksMaxAgeSeconds: Int64 { get }
}

/// See ``Customers``.
public protocol CustomerService: Sendable {
    func find(_ id: CustomerID) async throws(CustomerError) -> Customer
    func rename(
        _ id: CustomerID, to displayName: String?, caller: CallerContext,
        under request: KeyedRequest<Customer>?
    ) async throws(CustomerError) -> KeyedOutcome<Customer>
}

/// See ``ServiceAuthenticator``.
public protocol ServiceCallService: Sendable {
    func authenticate(
        _ call: ServiceCall, for scope: ServiceScope, caller: CallerContext
    ) async throws(ServiceCallRefusal) -> ServiceCaller
}

/// See ``Charges``.
public protocol ChargeService: Sendable {
    func plan(
        _ new: NewCharge, answer: @Sendable (Planned) -> KeptAnswer?
    ) async throws(ChargeError) -> Planned
    func plan(
        _ new: NewRefund, answer: @Sendable (Planned) -> KeptAnswer?
    ) async throws(ChargeError) -> Planned
    func details(
        _ id: ChargeID, _ kind: Charge.Kind
    ) async throws(ChargeError) -> ChargeDetails
    func list(
        _ filter: ChargeFilter, before: ChargeID?, limit: Int
    ) async throws(ChargeError) -> [ChargeDetails]
}

/// See ``Wallets``.
public protocol WalletService: Sendable {
    func balance(of customer: CustomerID) async throws(WalletError) -> WalletBalance
    func build(
        _ request: WalletRequest, for owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>?
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction>
    func submit(
        _ digest: TransactionDigest, bytes: [UInt8]?, signature: String, of owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>?
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction>
    func watch(
        _ digest: TransactionDigest, of owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>?
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction>
    func transaction(
        _ digest: TransactionDigest, of owner: WalletOwner
    ) async throws(WalletError) -> (WalletTransaction?, [WalletMovement])
    func movements(
        of owner: WalletOwner, before: (at: Timestamp, place: [UInt8])?, limit: Int
    ) async throws(WalletError) -> [WalletMovement]
}

/// See ``Subscriptions``.
public protocol SubscriptionService: Sendable {
    func catalogue() async throws(SubscriptionError) -> PriceVersion
    func list(of customer: CustomerID) async throws(SubscriptionError) -> [ServiceStanding]
    func find(
        _ service: ServiceType, of customer: CustomerID
    ) async throws(SubscriptionError) -> ServiceStanding
    func quote(
        _ wanted: WantedConfiguration, for service: ServiceType, of customer: CustomerID
    ) async throws(SubscriptionError) -> ServiceQuote
    func configure(
        _ wanted: WantedConfiguration, for service: ServiceType, by actor: ActingCustomer,
        under request: KeyedRequest<SubscriptionOutcome>
    ) async throws(SubscriptionError) -> KeyedOutcome<SubscriptionOutcome>
    func enable(
        _ service: ServiceType, by actor: ActingCustomer,
        under request: KeyedRequest<SubscriptionOutcome>
    ) async throws(SubscriptionError) -> KeyedOutcome<SubscriptionOutcome>
    func disable(
        _ service: ServiceType, by actor: ActingCustomer
    ) async throws(SubscriptionError) -> ServiceStanding
}

/// See ``APIKeys``.
public protocol APIKeyService: Sendable {
    func list(
        of customer: CustomerID, _ service: ServiceType, before: APIKeyID?, limit: Int
    ) async throws(APIKeyError) -> [APIKeyDetails]
    func create(
        for service: ServiceType, name: String?, by actor: ActingCustomer,
        under key: IdempotencyKey?
    ) async throws(APIKeyError) -> IssuedAPIKey
    func rotate(
        _ id: APIKeyID, overlapSeconds: Int64, by actor: ActingCustomer,
        under key: IdempotencyKey?
    ) async throws(APIKeyError) -> IssuedAPIKey
    func revoke(
        _ id: APIKeyID, by actor: ActingCustomer
    ) async throws(APIKeyError) -> APIKeyDetails
    func enable(
        _ id: APIKeyID, by actor: ActingCustomer
    ) async throws(APIKeyError) -> APIKeyDetails
    func delete(_ id: APIKeyID, by actor: ActingCustomer) async throws(APIKeyError)
}

/// What the edges have of the vault.
public protocol EdgeService: Sendable {
    /// All edges, each with whether it has what a transaction changed.
    ///
    /// - Throws: when the database does not answer.
    func standings(having mark: TransactionMark) async throws -> [EdgeStanding]
}

extension Subscriptions: SubscriptionService {}
extension APIKeys: APIKeyService {}
/// See ``UsageEvents``.
public protocol UsageEventService: Sendable {
    func take(
        _ events: [SentEvent], from sender: EventSender
    ) async throws(UsageEventError) -> EventOutcome
}

extension UsageEvents: UsageEventService {}

/// See ``CustomerBilling``.
public protocol BillingService: Sendable {
    func usage(
        of customer: CustomerID, from start: Timestamp, to end: Timestamp,
        by granularity: UsageReport.Granularity
    ) async throws(BillingReadError) -> UsageReport
    func invoices(
        of customer: CustomerID, before: InvoiceID?, limit: Int
    ) async throws(BillingReadError) -> [StoredInvoice]
    func invoice(
        _ id: InvoiceID, of customer: CustomerID
    ) async throws(BillingReadError) -> StoredInvoice
    func lines(
        of id: InvoiceID, of customer: CustomerID, from first: Int64, limit: Int
    ) async throws(BillingReadError) -> [StoredLine]
}

extension CustomerBilling: BillingService {}
extension SignIn: SignInService {}
extension ServiceAuthenticator: ServiceCallService {}
extension Charges: ChargeService {}
extension Wallets: WalletService {}
extension Sessions: SessionService {}
extension AccessTokens: AccessTokenService {}
extension Customers: CustomerService {}
