import Authentication
import ByteCodecs
import Escrow
import HTTPTransport
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
        do {
            let built = try await wallets.build(request, for: WalletOwner(claims, call))
            return .json(201, JSONValue(handingOut: built))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func submit(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let digest = try Self.digest(of: call)
        let bytes = call.text("txBytes").flatMap { try? Base64.decode($0) }
        do {
            let sent = try await wallets.submit(
                digest, bytes: bytes, signature: call.text("signature") ?? "",
                of: WalletOwner(claims, call))
            return .json(202, JSONValue(standingOf: sent))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func watch(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let digest = try Self.digest(of: call)
        do {
            let watched = try await wallets.watch(digest, of: WalletOwner(claims, call))
            return .json(202, JSONValue(standingOf: watched))
        } catch {
            throw Problem(error)
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
        self.init(
            customer: claims.customerID, address: claims.walletAddress,
            traceparent: call.caller.traceParent)
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
