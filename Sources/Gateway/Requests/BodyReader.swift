import ByteCodecs
import HTTPTransport

/// Reads a body as its route's schema demands: type first, then JSON, then shape.
enum BodyReader {
    static func read(
        _ rule: RouteDescription.Body, within limits: BodyLimits = .standard,
        from request: HTTPRequest
    ) throws(Problem) -> JSONObject {
        let schema: Schema
        switch rule {
        case .none: return [:]
        case .optional(let known):
            if request.body.isEmpty { return [:] }
            schema = known
        case .required(let known): schema = known
        }
        guard isJSON(request.headers.first("Content-Type")) else {
            throw Problem(.mediaTypeUnsupported, "The body must be application/json.")
        }
        return try object(request.body, limits.json, schema)
    }

    private static func object(
        _ bytes: [UInt8], _ limits: JSONLimits, _ schema: Schema
    ) throws(Problem) -> JSONObject {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes, limits: limits)
        } catch {
            throw Problem(error)
        }
        do {
            try schema.check(value)
        } catch {
            throw Problem(error)
        }
        guard case .object(let object) = value else { return [:] }
        return object
    }

    /// `application/json` in any case; of parameters only `charset=utf-8`, which says nothing.
    static func isJSON(_ field: String?) -> Bool {
        guard let field else { return false }
        let parts = field.lowercased().split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " && $0 != "\t" } }
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy { ["charset=utf-8", #"charset="utf-8""#].contains($0) }
    }
}
