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

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Modules/\(name)",
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "SignatureBench",
    targets: [
        clibrary("CSodium", pkgConfig: "libsodium"),
        clibrary("CSecp256k1", pkgConfig: "libsecp256k1"),
        clibrary("COpenSSL", pkgConfig: "libcrypto"),
        module("Determinism", []),
        module("ByteCodecs", []),
        module(
            "Cryptography", ["ByteCodecs", "Determinism", "CSodium", "CSecp256k1", "COpenSSL"]),
        .target(name: "CDirect", dependencies: ["CSodium", "CSecp256k1", "COpenSSL"]),
        .executableTarget(
            name: "SignatureBench", dependencies: ["Cryptography", "Determinism", "CDirect"],
            swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6]
)
