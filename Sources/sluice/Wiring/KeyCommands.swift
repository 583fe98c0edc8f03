import Authentication
import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage

/// `sluice keys …` over the live database.
enum KeyCommands {
    /// What ``ServiceKeys/isName(_:)`` holds names to, in words.
    static let nameRule = "1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter or digit"
    /// The same of ``ServiceKeys/isEdge(_:)``.
    static let edgeRule = "1 to 64 letters, digits, '_' and '-'"

    /// - Parameter immediately: the older keys are believed no longer.
    static func rotate(immediately: Bool, _ configuration: Configuration) async -> Int32 {
        guard configuration.tokens.algorithm == .edDSA else {
            Output.error(
                "sluice keys rotate: with SLUICE_TOKEN_ALGORITHM=HS256 the key is JWT_SECRET; "
                    + "change it there and restart all gateways")
            return ExitStatus.finding.rawValue
        }
        do {
            let database = try LiveParts.database(configuration, poolSize: 1)
            defer { database.close() }
            let keys = try LiveParts.signingKeys(configuration, database)
            let rotation = try await keys.rotate(immediately: immediately)
            Output.line("new key: \(rotation.keyID)")
            Output.line("signs from: \(rotation.signsFrom.rfc3339)")
            if immediately { Output.line(otherVerifiers) }
            return ExitStatus.done.rawValue
        } catch {
            return failed("sluice keys rotate", error)
        }
    }

    private static let otherVerifiers = """
        Gateways refuse tokens of the older keys within a second; clients refresh. Services that \
        verify by themselves must fetch the key list again now, or restart: a copy of it may \
        believe the older keys for 5 minutes.
        """

    static func addService(
        name: String, scopes: Set<ServiceScope>, edge: String?, inherits: Bool, json: Bool,
        _ configuration: Configuration
    ) async -> Int32 {
        await withServiceKeys("add", configuration) { keys in
            let new = try await keys.add(
                name: name, scopes: scopes, edge: edge, inherits: inherits)
            show(new, json: json)
        }
    }

    static func rotateService(
        name: String, json: Bool, _ configuration: Configuration
    ) async -> Int32 {
        await withServiceKeys("rotate", configuration) { keys in
            show(try await keys.addSecret(to: name), json: json)
            if !json {
                Output.line("The older secret stays good until: sluice keys service retire")
            }
        }
    }

    static func retireService(name: String, _ configuration: Configuration) async -> Int32 {
        await withServiceKeys("retire", configuration) { keys in
            let isRetired = try await keys.retireSecrets(of: name)
            Output.line(isRetired ? "the older secret is good no longer" : "there was no other")
        }
    }

    static func revokeService(name: String, _ configuration: Configuration) async -> Int32 {
        await withServiceKeys("revoke", configuration) { keys in
            try await keys.revoke(name)
            Output.line("the key is good no longer")
        }
    }

    private static func withServiceKeys(
        _ command: String, _ configuration: Configuration,
        _ body: (ServiceKeys) async throws -> Void
    ) async -> Int32 {
        do {
            let database = try LiveParts.database(configuration, poolSize: 1)
            defer { database.close() }
            try await body(
                ServiceKeys(
                    database: database, sealer: try LiveParts.sealer(configuration),
                    changedBy: .current, surroundings: .live))
            return ExitStatus.done.rawValue
        } catch {
            return failed("sluice keys service \(command)", error)
        }
    }

    private static func show(_ new: NewServiceKey, json: Bool) {
        if json {
            let value: JSONValue = ["id": .string(new.id), "secret": .string(new.secret)]
            Output.line(String(decoding: value.serialized(), as: UTF8.self))
        } else {
            Output.line("id: \(new.id)")
            Output.line("secret: \(new.secret)")
            Output.line("Keep the secret now: it is not shown again.")
        }
    }

    private static func failed(_ command: String, _ error: any Error) -> Int32 {
        let isTransient =
            error as? SigningKeyError == .storageUnavailable
            || error as? ServiceKeyError == .storageUnavailable
        Output.error("\(command): \(reason(of: error))")
        return (isTransient ? ExitStatus.tryAgain : .finding).rawValue
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case SigningKeyError.storageUnavailable, ServiceKeyError.storageUnavailable:
            "the database does not answer, or its schema is older than this program: "
                + "try 'sluice migrate'"
        case SigningKeyError.cannotUnseal(let keyID), ServiceKeyError.cannotUnseal(let keyID):
            "key \(keyID) in the database was sealed with another DB_ENCRYPTION_KEY. Nothing was "
                + "changed; use the one that the gateways have"
        case SigningKeyError.rotationPending(let keyID, let signsFrom):
            "rotation_pending: key \(keyID) is announced and signs from \(signsFrom.rfc3339). "
                + "Nothing was changed; rotate after that, or with --now when a key has leaked"
        case ServiceKeyError.nameTaken: "there is a key of that name already"
        case ServiceKeyError.nameRevoked:
            "the key of that name was revoked. Idempotency keys belong to the name: with --inherit "
                + "a new key gets the name and them, so that nothing is charged again. Nothing was "
                + "changed"
        case ServiceKeyError.nameInvalid: "the name must be \(nameRule)"
        case ServiceKeyError.scopesMissing: "no scope was named"
        case ServiceKeyError.edgeInvalid: "the edge's name must be \(edgeRule)"
        case ServiceKeyError.nameUnknown: "no live key has this name"
        case ServiceKeyError.tooManySecrets:
            "the key has two secrets already: try 'sluice keys service retire'"
        default: "\(error)"
        }
    }
}
