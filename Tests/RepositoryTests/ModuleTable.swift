/// What each module may import, in the order in which data flows; see `Docs/Architecture.md`.
/// A module stands below all that it imports.
enum ModuleTable {
    static let modules: [(name: String, imports: [String])] = [
        ("CSodium", []), ("CSecp256k1", []), ("COpenSSL", []), ("CCurl", []), ("CMicroHTTPD", []),
        ("CPostgres", []),
        ("Determinism", []),
        ("ByteCodecs", []),
        ("Identifiers", ["ByteCodecs", "Determinism"]),
        ("Observability", ["Determinism"]),
        ("Cryptography", ["ByteCodecs", "Determinism", "CSodium", "CSecp256k1", "COpenSSL"]),
        ("HTTPTransport", ["CMicroHTTPD", "CCurl", "Determinism", "Observability"]),
        ("SuiProtocol", ["ByteCodecs", "Cryptography", "Determinism"]),
        ("SuiNodeClient", ["SuiProtocol", "HTTPTransport", "Observability", "Determinism"]),
        ("MockSuiNode", ["SuiProtocol", "Cryptography", "ByteCodecs", "Determinism"]),
        ("Storage", ["ByteCodecs", "Determinism", "Observability", "CPostgres"]),
        (
            "Idempotency",
            ["Storage", "Cryptography", "Identifiers", "ByteCodecs", "Determinism"]
        ),
        ("Audit", ["Storage", "Cryptography", "ByteCodecs", "Determinism", "Observability"]),
        (
            "Authentication",
            [
                "Storage", "Idempotency", "Audit", "SuiProtocol", "Cryptography", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
            ]
        ),
        (
            "Escrow",
            [
                "Storage", "Idempotency", "Audit", "SuiProtocol", "Cryptography", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
            ]
        ),
        (
            "Intake",
            [
                "Storage", "Audit", "Cryptography", "Identifiers", "ByteCodecs", "Determinism",
                "Observability",
            ]
        ),
        (
            "Services",
            [
                "Storage", "Audit", "Idempotency", "Cryptography", "Identifiers", "ByteCodecs",
                "Determinism", "Observability",
            ]
        ),
        (
            "Billing",
            [
                "Storage", "Idempotency", "Audit", "Escrow", "Services", "Identifiers",
                "ByteCodecs", "Determinism", "Observability",
            ]
        ),
        (
            "Vault",
            [
                "Storage", "Services", "Cryptography", "Identifiers", "ByteCodecs", "Determinism",
                "Observability",
            ]
        ),
        (
            "Gateway",
            [
                "HTTPTransport", "Authentication", "Escrow", "Intake", "Services", "Billing",
                "Idempotency", "Audit", "SuiProtocol", "Cryptography", "Identifiers", "ByteCodecs",
                "Determinism", "Observability",
            ]
        ),
        (
            "Manager",
            [
                "HTTPTransport", "Intake", "Billing", "Services", "Escrow", "Idempotency", "Audit",
                "Storage", "SuiProtocol", "Cryptography", "Identifiers", "ByteCodecs",
                "Determinism", "Observability",
            ]
        ),
        (
            "sluice",
            [
                "Gateway", "Manager", "Vault", "Billing", "Services", "Intake", "Escrow",
                "Authentication", "Audit", "Storage", "SuiNodeClient", "SuiProtocol",
                "HTTPTransport", "Cryptography", "Identifiers", "ByteCodecs", "Determinism",
                "Observability", "CSodium", "COpenSSL", "CCurl", "CMicroHTTPD", "CPostgres",
            ]
        ),
        ("mock-sui-node", ["MockSuiNode", "SuiProtocol", "Observability"]),
    ]

    /// Parts of the toolchain that any module may use.
    static let toolchain = ["Glibc", "Synchronization", "FoundationEssentials", "Dispatch"]

    /// Where no byte may leave or enter but through a caller: what must not be reachable from
    /// these, by however many steps.
    static let withoutInputAndOutput = [
        "Determinism", "ByteCodecs", "Identifiers", "SuiProtocol",
    ]
    static let inputAndOutput = ["HTTPTransport", "Storage", "CCurl", "CMicroHTTPD", "CPostgres"]

    static var names: [String] { modules.map(\.name) }

    static func imports(of module: String) -> [String]? {
        modules.first { $0.name == module }?.imports
    }

    /// Everything that a module reaches, by any number of steps.
    static func reachable(
        from module: String, by imports: (String) -> [String]
    ) -> Set<String> {
        var found: Set<String> = []
        var open = [module]
        while let next = open.popLast() {
            for name in imports(next) where found.insert(name).inserted { open.append(name) }
        }
        return found
    }
}
