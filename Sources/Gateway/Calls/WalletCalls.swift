import Authentication
import ByteCodecs
import Escrow
import HTTPTransport
import Idempotency
import Identifiers
import SuiProtocol

/// `/v1/wallet`: the balance, and transactions for the customer's own wallet to sign.
struct WalletCalls: Sendable {
    let wallets: any WalletService

    var routes: [Route] {
        [
            Route(Self.balanceDescription, .signedInLater(balance)),
            Route(Self.buildDescription, .signedInLater(build)),
            Route(Self.submitDescription, .signedInLater(submit)),
            Route(Self.watchDescription, .signedInLater(watch)),
            Route(Self.listDescription, .signedInLater(list)),
            Route(Self.findDescription, .signedInLater(find)),
        ]
    }

    @Sendable private func balance(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        do {
            return .json(200, JSONValue(try await wallets.balance(of: claims.customerID)))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func build(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let request = try WalletRequest(call)
        let answer = { @Sendable (built: WalletTransaction) -> HTTPResponse in
            .json(201, JSONValue(handingOut: built))
        }
        do throws(WalletError) {
            let outcome = try await wallets.build(
                request, for: WalletOwner(claims, call), under: call.keyed(answer))
            switch outcome {
            case .done(let built): return answer(built)
            case .repeated(let kept): return HTTPResponse(kept)
            case .forgotten: throw WalletError.expired  // No transaction lives as long.
            }
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func submit(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let digest = try Self.digest(of: call)
        let bytes = call.text("txBytes").flatMap { try? Base64.decode($0) }
        let owner = WalletOwner(claims, call)
        do {
            let outcome = try await wallets.submit(
                digest, bytes: bytes, signature: call.text("signature") ?? "", of: owner,
                under: call.keyed(Self.standing))
            return try await answer(outcome, digest, of: owner)
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func watch(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let digest = try Self.digest(of: call)
        let owner = WalletOwner(claims, call)
        do {
            let outcome = try await wallets.watch(
                digest, of: owner, under: call.keyed(Self.standing))
            return try await answer(outcome, digest, of: owner)
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private static func standing(of transaction: WalletTransaction) -> HTTPResponse {
        .json(202, JSONValue(standingOf: transaction))
    }

    /// What is known now, where the first answer is forgotten.
    private func answer(
        _ outcome: KeyedOutcome<WalletTransaction>, _ digest: TransactionDigest,
        of owner: WalletOwner
    ) async throws(WalletError) -> HTTPResponse {
        switch outcome {
        case .done(let transaction): return Self.standing(of: transaction)
        case .repeated(let kept): return HTTPResponse(kept)
        case .forgotten:
            let (known, _) = try await wallets.transaction(digest, of: owner)
            guard let known else { throw .transactionUnknown }
            return Self.standing(of: known)
        }
    }

    @Sendable private func find(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let digest = try Self.digest(of: call)
        do {
            let (transaction, movements) = try await wallets.transaction(
                digest, of: WalletOwner(claims, call))
            return .json(200, JSONValue(digest, transaction, movements))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func list(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let limit = Int(call.integerParameter("limit") ?? 50)
        let cursor = call.textParameter("cursor").flatMap { ListCursor($0) }
        let found: [WalletMovement]
        do {
            found = try await wallets.movements(
                of: WalletOwner(claims, call), before: cursor.map { ($0.moment, $0.id.bytes) },
                limit: limit + 1)
        } catch {
            throw Problem(error)
        }
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last.flatMap { ListCursor($0) } : nil
        return .json(
            200,
            [
                "items": .array(page.map { JSONValue($0) }),
                "nextCursor": .optional(next?.text),
            ])
    }

    /// What looks like a digest and is none names nothing.
    private static func digest(of call: Call) throws(Problem) -> TransactionDigest {
        guard let text = call.textParameter("digest"),
            let digest = try? TransactionDigest(parsing: text)
        else { throw Problem(WalletError.transactionUnknown) }
        return digest
    }
}

extension WalletOwner {
    init(_ claims: AccessClaims, _ call: Call) {
        let caller = call.caller
        self.init(
            customer: claims.customerID, address: claims.walletAddress,
            origin: Origin(
                session: claims.sessionID, ip: caller.ip, userAgent: caller.userAgent,
                requestID: caller.requestID, traceparent: caller.traceParent))
    }
}

extension WalletRequest {
    /// - Parameter call: of a body whose members are those of its kind.
    init(_ call: Call) throws(Problem) {
        let kind = Kind(rawValue: call.text("kind") ?? "")
        let (amount, limit) = ("amountMicroUsdc", "spendingLimitMicroUsdc")
        switch kind {
        case .open:
            self = .open(
                payment: try call.amount(amount, .any), spendingLimit: try call.amount(limit, .any))
        case .deposit:
            self = .deposit(try call.amount(amount, .moving))
        case .withdraw:
            self = .withdraw(try call.amount(amount, .moving))
        case .setSpendingLimit:
            self = .setSpendingLimit(try call.amount(limit, .any))
        case nil: throw Problem(.internalError, "The route does not say what it needs.")
        }
    }
}
