// swift-tools-version: 6.2
import PackageDescription

// A package of its own: the project's products have no room for a bench.

let swiftSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func clibrary(_ name: String, pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Modules/CLibraries/\(name)", pkgConfig: pkgConfig)
}

func module(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Modules/\(name)", resources: resources,
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "MonthsBench",
    targets: [
        clibrary("CSodium", pkgConfig: "libsodium"),
        clibrary("CSecp256k1", pkgConfig: "libsecp256k1"),
        clibrary("COpenSSL", pkgConfig: "libcrypto"),
        clibrary("CPostgres", pkgConfig: "libpq"),
        module("Determinism", []),
        module("ByteCodecs", []),
        module("Identifiers", ["ByteCodecs", "Determinism"]),
        module("Observability", ["Determinism"]),
        module(
            "Cryptography", ["ByteCodecs", "Determinism", "CSodium", "CSecp256k1", "COpenSSL"]),
        module("SuiProtocol", ["ByteCodecs", "Cryptography", "Determinism"]),
        module(
            "Storage", ["ByteCodecs", "Determinism", "Observability", "CPostgres"],
            resources: [.embedInCode("Migrations")]),
        module(
            "Idempotency",
            ["Storage", "Cryptography", "Identifiers", "ByteCodecs", "Determinism"]),
        module("Audit", ["Storage", "Cryptography", "ByteCodecs", "Determinism", "Observability"]),
        module(
            "Escrow",
            [
                "Storage", "Idempotency", "Audit", "SuiProtocol", "Cryptography", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
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
        .executableTarget(
            name: "MonthsBench",
            dependencies: [
                "Billing", "Services", "Idempotency", "Storage", "Identifiers", "Determinism",
                "Observability",
            ], swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6]
)
