import ByteCodecs
import Testing

@testable import Gateway

/// The document against the table that serves: `GatewayBench` asks the served one.
@Suite struct OpenAPIDocumentTests {
    private func document() async throws -> JSONObject {
        try await GatewayBench().send("GET", "/openapi.json").json()
    }

    private func operations() async throws -> [(path: String, method: String, value: JSONObject)] {
        let paths = try #require(try await document()["paths"]?.object)
        return paths.members.flatMap { path in
            (path.value.object?.members ?? []).map { (path.name, $0.name, $0.value.object ?? [:]) }
        }
    }

    @Test func everyCallOfTheContractIsThere() async throws {
        let calls = Set(try await operations().map { "\($0.method.uppercased()) \($0.path)" })
        let contract = [
            "POST /v1/auth/challenge", "POST /v1/auth/verify", "POST /v1/auth/refresh",
            "POST /v1/auth/logout", "GET /v1/auth/session", "GET /v1/auth/sessions",
            "DELETE /v1/auth/sessions", "DELETE /v1/auth/sessions/{id}",
            "GET /.well-known/jwks.json", "GET /v1/customer", "PATCH /v1/customer", "GET /health",
            "GET /ready", "GET /metrics", "GET /openapi.json", "GET /docs", "GET /problems/{code}",
            "GET /v1/wallet/balance", "POST /v1/wallet/transactions",
            "GET /v1/wallet/transactions", "GET /v1/wallet/transactions/{digest}",
            "POST /v1/wallet/transactions/{digest}/submit",
            "POST /v1/wallet/transactions/{digest}/watch", "POST /v1/charges", "GET /v1/charges",
            "GET /v1/charges/{chargeId}",
            "POST /v1/refunds", "GET /v1/refunds/{refundId}", "GET /v1/services/catalog",
            "GET /v1/services", "GET /v1/services/{type}", "PUT /v1/services/{type}",
            "POST /v1/services/{type}/quote", "POST /v1/services/{type}/enable",
            "POST /v1/services/{type}/disable", "GET /v1/services/{type}/api-keys",
            "POST /v1/services/{type}/api-keys", "POST /v1/api-keys/{id}/revoke",
            "POST /v1/api-keys/{id}/enable", "POST /v1/api-keys/{id}/rotate",
            "DELETE /v1/api-keys/{id}",
            "POST /v1/ingest/usage-events",
            "GET /v1/billing/usage", "GET /v1/billing/invoices",
            "GET /v1/billing/invoices/{invoiceId}", "GET /v1/billing/invoices/{invoiceId}/lines",
        ]

        #expect(calls == Set(contract))
    }

    @Test func everyDocumentedCallIsRouted() async throws {
        let bench = GatewayBench()
        for operation in try await operations() {
            let path = operation.path.replacing("{id}", with: "x").replacing("{code}", with: "x")
            let answer = await bench.send(operation.method.uppercased(), path)
            #expect(!["route_unknown", "method_not_allowed"].contains(answer.code), "\(path)")
        }
    }

    @Test func everyAnswerToANakedRequestIsDocumented() async throws {
        let bench = GatewayBench()
        for operation in try await operations() {
            let path = operation.path.replacing("{id}", with: "x").replacing("{code}", with: "x")
            let answer = await bench.send(operation.method.uppercased(), path)
            let responses = try #require(operation.value["responses"]?.object)
            #expect(responses[String(answer.status)] != nil, "\(path) \(answer.status)")
        }
    }

    @Test func everyReferenceLeadsSomewhere() async throws {
        let document = try await document()
        for reference in references(in: .object(document)) {
            let names = reference.split(separator: "/").dropFirst()
            var value: JSONValue? = .object(document)
            for name in names { value = value?.object?[String(name)] }
            #expect(value != nil, "\(reference)")
        }
    }

    @Test func operationsHaveNamesOfTheirOwn() async throws {
        let names = try await operations().compactMap { $0.value["operationId"] }

        #expect(names.count == Set(names.map { "\($0)" }).count)
    }

    @Test func refusalsThatCanHappenAreEverywhere() async throws {
        for operation in try await operations() {
            let responses = try #require(operation.value["responses"]?.object)
            var wanted = ["400", "405", "413", "503"]
            if operation.value["requestBody"] != nil { wanted += ["415", "403"] }
            let isPublic = operation.value["security"] == .array([])
            if !isPublic { wanted.append("401") }
            for status in wanted {
                #expect(responses[status] != nil, "\(operation.method) \(operation.path) \(status)")
            }
        }
    }

    @Test func requestBodiesAreClosed() async throws {
        for operation in try await operations() {
            guard let body = operation.value["requestBody"]?.object else { continue }
            let schema = body["content"]?.object?["application/json"]?.object?["schema"]?.object
            var shapes = [schema]
            if case .array(let variants)? = schema?["oneOf"] { shapes = variants.map(\.object) }
            for shape in shapes {
                #expect(shape?["additionalProperties"] == false, "\(operation.path)")
            }
        }
    }

    @Test func routesThatNeedATokenSayThatTheyDo() throws {
        let descriptions = [
            SessionCalls.currentDescription, SessionCalls.listDescription,
            SessionCalls.endDescription, SessionCalls.endOthersDescription,
            CustomerCalls.profileDescription, CustomerCalls.renameDescription,
        ]

        for description in descriptions { #expect(description.credential == .accessToken) }
    }

    private func references(in value: JSONValue) -> [String] {
        switch value {
        case .object(let object):
            object.members.flatMap { member -> [String] in
                if member.name == "$ref", case .string(let text) = member.value { return [text] }
                return references(in: member.value)
            }
        case .array(let elements): elements.flatMap(references)
        default: []
        }
    }
}

extension JSONValue {
    fileprivate var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }
}
