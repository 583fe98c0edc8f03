import ByteCodecs
import HTTPTransport

/// Reads what a route's parameters name out of path, query string and headers.
///
/// Unlike members of a body, parameters that no route knows are passed over: links gather such
/// things on their way.
struct ParameterReader {
    let parameters: [RouteParameter]

    func read(
        path values: [String: String], query: String?, headers: HTTPHeaders
    ) throws(Problem) -> JSONObject {
        guard !parameters.isEmpty else { return [:] }
        let pairs = try Self.pairs(of: query)
        var read: JSONObject = [:]
        for parameter in parameters {
            let found: String?
            switch parameter.place {
            case .path: found = values[parameter.name]
            case .header: found = headers.first(parameter.name)
            case .query: found = try Self.only(parameter.name, in: pairs)
            }
            guard let found else { continue }
            read[parameter.name] = try Self.value(found, of: parameter)
        }
        return read
    }

    private static func value(
        _ text: String, of parameter: RouteParameter
    ) throws(Problem) -> JSONValue {
        let value = parameter.schema.parameterValue(text)
        do {
            try parameter.schema.check(value, at: parameter.name)
        } catch {
            let problem = Problem(error)
            throw Problem(
                .parameterInvalid, problem.detail,
                members: ["parameter": .string(parameter.name)])
        }
        return value
    }

    private static func pairs(
        of query: String?
    ) throws(Problem) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in (query ?? "").split(separator: "&") {
            let halves = part.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decoded(halves[0], plusIsSpace: true),
                let value = PercentEncoding.decoded(
                    halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else { throw Problem(.parameterInvalid, "The query string is not percent-encoded.") }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func only(
        _ name: String, in pairs: [(name: String, value: String)]
    ) throws(Problem) -> String? {
        let values = pairs.filter { $0.name == name }
        guard values.count <= 1 else {
            throw Problem(
                .parameterInvalid, "\(name) may be there once only.",
                members: ["parameter": .string(name)])
        }
        return values.first?.value
    }
}

extension Schema {
    /// A parameter's text as the JSON value it stands for. Only the plain spelling of a number is
    /// one: `+1`, `01` and ` 1` stay text and fail the check.
    fileprivate func parameterValue(_ text: String) -> JSONValue {
        guard case .integer = self, let number = Int64(text), String(number) == text else {
            return .string(text)
        }
        return .integer(number)
    }
}
