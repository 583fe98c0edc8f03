// swift-tools-version: 6.2
import PackageDescription

// Targets stand in the order in which data flows; each lists all it may import.
// `Tests/RepositoryTests` holds the sources to this table.

/// Tests build into a folder of their own, with steps that can end the process.
let hasFailPoints = Context.environment["SLUICE_BUILD_FAIL_POINTS"] == "1"
/// The bench has drivers of its own, which no other build makes.
let hasBenches = Context.environment["SLUICE_BUILD_BENCHES"] == "1"

let swiftSettings: [SwiftSetting] =
    [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (hasFailPoints ? [.define("FAIL_POINTS")] : [])

/// The scenarios run what the tests build: so much of it is optimized as they spend most time in.
let optimized: Set<String> =
    hasFailPoints ? ["ByteCodecs", "Determinism", "HTTPTransport", "Observability", "Storage"] : []

func clibrary(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig,
        providers: [.apt([package])])
}

func module(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: resources,
        swiftSettings: swiftSettings + (optimized.contains(name) ? [.unsafeFlags(["-O"])] : []))
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func bench(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Tests/Bench/\(name)",
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["sluice"]),
        .executable(name: "mock-sui-node", targets: ["mock-sui-node"]),
    ],
    targets: [
        clibrary("CSodium", pkgConfig: "libsodium", package: "libsodium-dev"),
        clibrary("CSecp256k1", pkgConfig: "libsecp256k1", package: "libsecp256k1-dev"),
        clibrary("COpenSSL", pkgConfig: "libcrypto", package: "libssl-dev"),
        clibrary("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
        clibrary("CMicroHTTPD", pkgConfig: "libmicrohttpd", package: "libmicrohttpd-dev"),
        clibrary("CPostgres", pkgConfig: "libpq", package: "libpq-dev"),

        module("Determinism", []),
        module("ByteCodecs", []),
        module("Identifiers", ["ByteCodecs", "Determinism"]),
        module("Observability", ["Determinism"]),
        module(
            "Cryptography", ["ByteCodecs", "Determinism", "CSodium", "CSecp256k1", "COpenSSL"]),
        module("HTTPTransport", ["CMicroHTTPD", "CCurl", "Determinism", "Observability"]),
        module("SuiProtocol", ["ByteCodecs", "Cryptography", "Determinism"]),
        module(
            "SuiNodeClient",
            ["SuiProtocol", "HTTPTransport", "Observability", "Determinism"]),
        module("MockSuiNode", ["SuiProtocol", "Cryptography", "ByteCodecs", "Determinism"]),
        module(
            "Storage", ["ByteCodecs", "Determinism", "Observability", "CPostgres"],
            resources: [.embedInCode("Migrations")]),
        module(
            "Idempotency",
            ["Storage", "Cryptography", "Identifiers", "ByteCodecs", "Determinism"]),
        module("Audit", ["Storage", "Cryptography", "ByteCodecs", "Determinism", "Observability"]),
        module(
            "Authentication",
            [
                "Storage", "Idempotency", "Audit", "SuiProtocol", "Cryptography", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
            ]),
        module(
            "Escrow",
            [
                "Storage", "Idempotency", "Audit", "SuiProtocol", "Cryptography", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
            ]),
        module(
            "Intake",
            [
                "Storage", "Audit", "Cryptography", "Identifiers", "ByteCodecs", "Determinism",
                "Observability",
            ]),
        module(
            "Services",
            [
                "Storage", "Audit", "Idempotency", "Cryptography", "Identifiers", "ByteCodecs",
                "Determinism", "Observability",
            ]),
        module(
            "Billing",
            [
                "Storage", "Idempotency", "Audit", "Escrow", "Services", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
            ], resources: [.embedInCode("Standard")]),
        module(
            "Vault",
            [
                "Storage", "Services", "Cryptography", "Identifiers", "ByteCodecs", "Determinism",
                "Observability",
            ]),
        module(
            "Gateway",
            [
                "HTTPTransport", "Authentication", "Escrow", "Intake", "Services", "Billing",
                "Idempotency", "Audit", "SuiProtocol", "Cryptography", "Identifiers", "ByteCodecs",
                "Determinism", "Observability",
            ]),
        module(
            "Manager",
            [
                "HTTPTransport", "Intake", "Billing", "Services", "Escrow", "Idempotency", "Audit",
                "Storage", "SuiProtocol", "Cryptography", "Identifiers", "ByteCodecs",
                "Determinism", "Observability",
            ]),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Gateway", "Manager", "Vault", "Billing", "Services", "Intake", "Escrow",
                "Authentication", "Audit", "Storage", "SuiNodeClient", "SuiProtocol",
                "HTTPTransport", "Cryptography", "Identifiers", "ByteCodecs", "Determinism",
                "Observability", "CSodium", "COpenSSL", "CCurl", "CMicroHTTPD", "CPostgres",
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "mock-sui-node",
            dependencies: ["MockSuiNode", "SuiProtocol", "Observability"],
            swiftSettings: swiftSettings),

        .target(
            name: "TestSupport",
            dependencies: ["Storage", "Determinism", "Observability", "CPostgres"],
            path: "Tests/TestSupport", swiftSettings: swiftSettings),
        tests("DeterminismTests", ["Determinism"]),
        tests("ByteCodecsTests", ["ByteCodecs"]),
        tests("IdentifiersTests", ["Identifiers", "Determinism"]),
        tests("ObservabilityTests", ["Observability", "Determinism"]),
        tests("CryptographyTests", ["Cryptography", "ByteCodecs", "Determinism"]),
        tests("HTTPTransportTests", ["HTTPTransport", "Observability", "Determinism"]),
        tests(
            "SuiProtocolTests", ["SuiProtocol", "ByteCodecs", "Cryptography", "Determinism"]),
        tests(
            "SuiNodeClientTests",
            [
                "SuiNodeClient", "SuiProtocol", "HTTPTransport", "Observability", "Cryptography",
                "ByteCodecs", "Determinism", "mock-sui-node",
            ]),
        tests(
            "MockSuiNodeTests",
            ["MockSuiNode", "SuiProtocol", "Cryptography", "ByteCodecs", "Determinism"]),
        tests(
            "StorageTests",
            ["Storage", "TestSupport", "ByteCodecs", "Determinism", "Observability"]),
        tests(
            "AuditTests",
            [
                "Audit", "Storage", "TestSupport", "Cryptography", "ByteCodecs", "Determinism",
                "Observability",
            ]),
        tests(
            "IdempotencyTests",
            [
                "Idempotency", "Storage", "TestSupport", "Identifiers", "Determinism",
                "Observability",
            ]),
        tests(
            "AuthenticationTests",
            [
                "Authentication", "Idempotency", "Audit", "Storage", "TestSupport", "SuiProtocol",
                "Cryptography", "Identifiers", "ByteCodecs", "Determinism", "Observability",
            ]),
        tests(
            "EscrowTests",
            [
                "Escrow", "Idempotency", "Cryptography", "HTTPTransport", "SuiNodeClient",
                "Storage", "TestSupport", "SuiProtocol", "Identifiers", "ByteCodecs",
                "Determinism", "Observability",
            ]),
        tests(
            "IntakeTests",
            [
                "Intake", "Storage", "TestSupport", "Identifiers", "Determinism", "Observability",
            ]),
        tests(
            "ServicesTests",
            [
                "Services", "Audit", "Idempotency", "Storage", "TestSupport", "Cryptography",
                "Identifiers", "ByteCodecs", "Determinism", "Observability",
            ]),
        tests(
            "BillingTests",
            [
                "Billing", "Services", "Escrow", "Idempotency", "Storage", "TestSupport",
                "SuiProtocol", "Identifiers", "ByteCodecs", "Determinism", "Observability",
            ]),
        tests(
            "VaultTests",
            [
                "Vault", "Services", "Storage", "TestSupport", "Cryptography", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
            ]),
        tests(
            "GatewayTests",
            [
                "Gateway", "Billing", "Services", "Intake", "Escrow", "Authentication",
                "Idempotency", "Storage", "HTTPTransport", "SuiProtocol", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
            ]),
        tests(
            "ManagerTests",
            [
                "Manager", "Billing", "Intake", "Escrow", "HTTPTransport", "Storage",
                "TestSupport", "SuiProtocol", "Identifiers", "ByteCodecs", "Determinism",
                "Observability",
            ]),
        tests(
            "SluiceTests",
            [
                "sluice", "Gateway", "Intake", "SuiProtocol", "Cryptography", "Identifiers",
                "ByteCodecs", "Determinism",
            ]),
        tests("RepositoryTests", ["ByteCodecs", "Cryptography"]),
    ],
    swiftLanguageModes: [.v6]
)

if hasBenches {
    package.targets += [
        .target(
            name: "CDirect", dependencies: ["CSodium", "CSecp256k1", "COpenSSL"],
            path: "Tests/Bench/CDirect"),
        bench("SignatureBench", ["Cryptography", "Determinism", "CDirect"]),
        bench(
            "MonthsBench",
            [
                "Billing", "Services", "Idempotency", "Storage", "Identifiers", "Determinism",
                "Observability",
            ]),
    ]
}
