// swift-tools-version: 6.2
import PackageDescription

// A package of its own, for only a root package may use unsafe flags. The modules under test are
// the project's own sources, compiled anew with coverage and AddressSanitizer; of the
// larger modules only the parsers, which keeps the build short.

let sanitizers = ["-sanitize=fuzzer,address", "-enable-testing"]

let swiftSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(sanitizers),
]

func clibrary(_ name: String, pkgConfig: String) -> Target {
    .systemLibrary(name: name, path: "Modules/CLibraries/\(name)", pkgConfig: pkgConfig)
}

func module(
    _ name: String, _ dependencies: [Target.Dependency], only sources: [String]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Modules/\(name)", sources: sources,
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "Fuzz",
    targets: [
        clibrary("CSodium", pkgConfig: "libsodium"),
        clibrary("CSecp256k1", pkgConfig: "libsecp256k1"),
        clibrary("COpenSSL", pkgConfig: "libcrypto"),
        clibrary("CMicroHTTPD", pkgConfig: "libmicrohttpd"),

        module("Determinism", []),
        module("ByteCodecs", []),
        module(
            "Cryptography", ["ByteCodecs", "Determinism", "CSodium", "CSecp256k1", "COpenSSL"]),
        module("Identifiers", ["ByteCodecs", "Determinism"]),
        module("Intake", ["Identifiers", "Determinism"], only: ["Lines", "Framing"]),
        module(
            "HTTPTransport", ["CMicroHTTPD"],
            only: [
                "Addresses/IPAddress.swift", "Addresses/IPNetwork.swift",
                "Guard/GuardedField.swift", "Guard/RequestGuard.swift",
                "Guard/TransportRefusal.swift", "Messages/ASCII.swift",
                "Messages/HTTPHeaders.swift", "Messages/HTTPRequest.swift",
            ]),
        module("SuiProtocol", ["ByteCodecs", "Cryptography", "Determinism"]),
        module(
            "Authentication", ["ByteCodecs", "Cryptography", "Determinism"],
            only: ["Tokens/JSONWebToken.swift", "Tokens/SigningKey.swift"]),
        module(
            "Gateway", [],
            only: [
                "Credentials/CookieNames.swift", "Credentials/CookieParser.swift",
                "Credentials/SluiceCookies.swift",
            ]),
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Authentication", "ByteCodecs", "Cryptography", "Determinism", "Gateway",
                "HTTPTransport", "Identifiers", "Intake", "SuiProtocol", "CFuzzer",
            ],
            swiftSettings: swiftSettings,
            // The linker that is found by default does not know the fuzzer's sections.
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ],
    swiftLanguageModes: [.v6]
)
