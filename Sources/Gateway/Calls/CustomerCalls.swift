import Authentication
import ByteCodecs
import HTTPTransport
import Idempotency

/// `GET` and `PATCH /v1/customer`: the profile.
struct CustomerCalls: Sendable {
    let customers: any CustomerService

    var routes: [Route] {
        [
            Route(Self.profileDescription, .signedInLater(profile)),
            Route(Self.renameDescription, .signedInLater(rename)),
        ]
    }

    @Sendable private func profile(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        do {
            return .json(200, JSONValue(try await customers.find(claims.customerID)))
        } catch {
            throw Problem(error)
        }
    }

    @Sendable private func rename(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let answer = { @Sendable (renamed: Customer) -> HTTPResponse in
            .json(200, JSONValue(renamed))
        }
        do {
            let outcome = try await customers.rename(
                claims.customerID, to: call.text("displayName"), caller: call.caller,
                under: call.keyed(answer))
            switch outcome {
            case .done(let renamed): return answer(renamed)
            case .repeated(let kept): return HTTPResponse(kept)
            case .forgotten: return answer(try await customers.find(claims.customerID))
            }
        } catch {
            throw Problem(error)
        }
    }

    static let profileDescription = RouteDescription(
        "GET", "/v1/customer", "getCustomer", .customer,
        "The customer's profile", "Who is signed in, as far as we know.",
        answers: [.json(200, AnswerSchemas.customer, "The profile.")]
    ).with {
        $0.credential = .accessToken
        $0.problems = [.customerUnknown]
    }

    static let renameDescription = RouteDescription(
        "PATCH", "/v1/customer", "updateCustomer", .customer,
        "Change the profile",
        """
        Sets the display name; null takes it away. With an Idempotency-Key that was used more than \
        30 days ago nothing is changed, and the answer is the profile as it is now.
        """,
        answers: [.json(200, AnswerSchemas.customer, "The profile as it is now.")]
    ).with {
        $0.credential = .accessToken
        $0.idempotencyKey = .optional
        $0.body = .required(
            .object([
                .init(
                    "displayName", .nullable(.text(.displayName)),
                    "1 to 64 characters, not all of them blank, none a control character or one "
                        + "that turns the direction of text (U+061C, U+200E, U+200F, U+202A to "
                        + "U+202E, U+2066 to U+2069); or null.",
                    example: "Ada")
            ]))
        $0.problems = [.customerUnknown, .customerClosed]
    }
}
