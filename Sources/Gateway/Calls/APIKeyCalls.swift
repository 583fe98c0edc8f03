import Authentication
import ByteCodecs
import Determinism
import HTTPTransport
import Identifiers
import Services

/// The keys with which a customer's programs use a service.
struct APIKeyCalls: Sendable {
    let keys: any APIKeyService
    let edges: EdgeWait
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            Route(Self.listDescription, .signedInLater(list)),
            Route(Self.createDescription, .signedInLater(create)),
            Route(Self.revokeDescription, .signedInLater(revoke)),
            Route(Self.enableDescription, .signedInLater(enable)),
            Route(Self.rotateDescription, .signedInLater(rotate)),
            Route(Self.deleteDescription, .signedInLater(delete)),
        ]
    }

    @Sendable private func list(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let service = try call.service()
        let limit = Int(call.integerParameter("limit") ?? 50)
        let cursor = call.textParameter("cursor").flatMap { ListCursor($0) }
        let found: [APIKeyDetails]
        do {
            found = try await keys.list(
                of: claims.customerID, service, before: cursor.map { APIKeyID($0.id) },
                limit: limit + 1)
        } catch {
            throw Problem(error)
        }
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last.map(ListCursor.init) : nil
        let moment = now()
        return .json(
            200,
            [
                "items": .array(page.map { JSONValue($0, at: moment) }),
                "nextCursor": .optional(next?.text),
            ])
    }

    @Sendable private func create(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let service = try call.service()
        do {
            let issued = try await keys.create(
                for: service, name: call.text("name"), by: ActingCustomer(claims, call),
                under: call.idempotencyKey)
            return .json(201, JSONValue(issued, at: now()))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func revoke(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let id = try call.apiKey()
        let revoked: APIKeyDetails
        do {
            revoked = try await keys.revoke(id, by: ActingCustomer(claims, call))
        } catch {
            throw Problem(error)
        }
        let standings = try await edges.standings(
            having: revoked.changedIn, withinSeconds: call.integerParameter("wait") ?? 0)
        return .json(
            200,
            [
                "apiKey": JSONValue(revoked, at: now()),
                // Where no edge has ever said anything, none has said this.
                "applied": .bool(!standings.isEmpty && standings.allSatisfy(\.hasApplied)),
                "edges": .array(standings.map { JSONValue($0) }),
            ])
    }

    @Sendable private func enable(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let id = try call.apiKey()
        do {
            let enabled = try await keys.enable(id, by: ActingCustomer(claims, call))
            return .json(200, JSONValue(enabled, at: now()))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func rotate(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let id = try call.apiKey()
        let overlap = call.integer("overlapSeconds") ?? APIKeys.usualOverlapSeconds
        do {
            let issued = try await keys.rotate(
                id, overlapSeconds: overlap, by: ActingCustomer(claims, call),
                under: call.idempotencyKey)
            return .json(201, JSONValue(issued, at: now()))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func delete(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let id = try call.apiKey()
        do {
            try await keys.delete(id, by: ActingCustomer(claims, call))
            return .noContent()
        } catch {
            throw Problem(error)
        }
    }
}

extension Call {
    fileprivate func apiKey() throws(Problem) -> APIKeyID {
        guard let id = textParameter("id").flatMap(APIKeyID.init) else {
            throw Problem(APIKeyError.unknown)
        }
        return id
    }
}
