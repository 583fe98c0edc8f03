/// Every environment variable that sluice reads; nothing else in the program reads one.
/// `Config/sluice.env.example` explains each, and a test holds the two together.
enum ConfigurationVariable: String, CaseIterable, Sendable {
    case environment = "SLUICE_ENV"
    case databaseURL = "DATABASE_URL"
    case databaseDirectURL = "DATABASE_DIRECT_URL"
    case databasePool = "SLUICE_DATABASE_POOL"
    case databasePrepare = "SLUICE_DATABASE_PREPARE"
    case listen = "SLUICE_LISTEN"
    case drainNoticeSeconds = "SLUICE_DRAIN_NOTICE_SECONDS"
    case trustedProxies = "SLUICE_TRUSTED_PROXIES"
    case publicURL = "SLUICE_PUBLIC_URL"
    case allowedOrigins = "SLUICE_ALLOWED_ORIGINS"
    case allowLoopbackOrigins = "SLUICE_ALLOW_LOOPBACK_ORIGINS"
    case cookieSecure = "SLUICE_COOKIE_SECURE"
    case chain = "SLUICE_CHAIN"
    case chainIdentifier = "SLUICE_CHAIN_IDENTIFIER"
    case statement = "SLUICE_STATEMENT"
    case tokenAlgorithm = "SLUICE_TOKEN_ALGORITHM"
    case tokenIssuer = "SLUICE_TOKEN_ISSUER"
    case tokenAudience = "SLUICE_TOKEN_AUDIENCE"
    case tokenKeyLeadSeconds = "SLUICE_TOKEN_KEY_LEAD_SECONDS"
    case tokenSecret = "JWT_SECRET"
    case databaseEncryptionKey = "DB_ENCRYPTION_KEY"
    case auditKeyFile = "SLUICE_AUDIT_KEY_FILE"
    case auditHeadFile = "SLUICE_AUDIT_HEAD_FILE"
    case graphQLURLs = "SUI_GRAPHQL_URLS"
    case jsonRPCURLs = "SUI_JSON_RPC_URLS"
    case escrowPackage = "SLUICE_ESCROW_PACKAGE"
    case escrowOperator = "SLUICE_ESCROW_OPERATOR"
    case escrowCoin = "SLUICE_ESCROW_COIN"
    case escrowFirstCheckpoint = "SLUICE_ESCROW_FIRST_CHECKPOINT"
    case managerListen = "SLUICE_MANAGER_LISTEN"
    case managerIdentityFile = "SLUICE_MANAGER_IDENTITY_FILE"
    case chargerKeyFile = "SLUICE_CHARGER_KEY_FILE"
    case chargeCapSingle = "SLUICE_CHARGE_CAP_SINGLE"
    case chargeCapHour = "SLUICE_CHARGE_CAP_HOUR"
    case priceBook = "SLUICE_PRICE_BOOK"
    case approvalAbove = "SLUICE_APPROVAL_ABOVE"
    case retention = "SLUICE_RETENTION"
    case intakeListen = "SLUICE_INTAKE_LISTEN"
    case intakeStatusListen = "SLUICE_INTAKE_STATUS_LISTEN"
    case intakeSpool = "SLUICE_INTAKE_SPOOL"
    case intakeSpoolLimit = "SLUICE_INTAKE_SPOOL_LIMIT"
    case intakeConnections = "SLUICE_INTAKE_CONNECTIONS"
    case edge = "SLUICE_EDGE"
    case edgeSocket = "SLUICE_EDGE_SOCKET"
    case edgeMaster = "SLUICE_EDGE_MASTER"
    case edgeVault = "SLUICE_EDGE_VAULT"
    case vaultSource = "SLUICE_VAULT_SOURCE"
    case vaultPublicKey = "SLUICE_VAULT_PUBLIC_KEY"
    case vaultDirectory = "SLUICE_VAULT_DIRECTORY"
    case vaultKeyFile = "SLUICE_VAULT_KEY_FILE"
    case vaultKey = "VAULT_KEY"
    case limitChallenge = "SLUICE_LIMIT_CHALLENGE"
    case limitVerify = "SLUICE_LIMIT_VERIFY"
    case limitRefresh = "SLUICE_LIMIT_REFRESH"
    case limitService = "SLUICE_LIMIT_SERVICE"
    case limitDefault = "SLUICE_LIMIT_DEFAULT"
    case limitLiveChallenges = "SLUICE_LIMIT_LIVE_CHALLENGES"
    case logLevel = "SLUICE_LOG_LEVEL"
    case mockAuth = "MOCK_AUTH"
    case mockSuiRPC = "MOCK_SUI_RPC"
    case mockEscrow = "MOCK_ESCROW"
    case mockHAProxy = "MOCK_HAPROXY"

    var name: String { rawValue }

    /// Whether the value may never be shown, not even in part.
    var isSecret: Bool {
        switch self {
        case .tokenSecret, .databaseEncryptionKey, .vaultKey: true
        default: false
        }
    }

    /// Whether the value may carry a password or a provider's key inside a URL.
    var isURLWithCredentials: Bool {
        switch self {
        case .databaseURL, .databaseDirectURL, .graphQLURLs, .jsonRPCURLs: true
        default: false
        }
    }
}
