/// Finds the call for a method and a path. Paths match byte by byte, nothing is normalised: what a
/// proxy in front may have decided by the path must be the same path here.
struct Router: Sendable {
    enum Match: Sendable {
        case found(Route, values: [String: String])
        /// `OPTIONS` on a path that exists.
        case options(allow: String)
        case wrongMethod(allow: String)
        case unknown
    }

    private struct Place: Sendable {
        var routes: [String: Route] = [:]
        var allow = ""
    }

    private var exact: [String: Place] = [:]
    /// By method and path, of the calls that take more than most.
    private var largeBodies: [String: [String: Int]] = [:]
    private var patterned: [(pattern: PathPattern, place: Place)] = []

    init(_ routes: [Route]) {
        for description in routes.map(\.description)
        where description.bodyLimits.bytes > BodyLimits.standard.bytes {
            largeBodies[description.method, default: [:]][description.path.text] =
                description.bodyLimits.bytes
        }
        for (path, group) in Dictionary(grouping: routes, by: \.description.path.text) {
            var place = Place()
            for route in group { place.routes[route.description.method] = route }
            place.allow = Self.allow(place.routes.keys)
            let pattern = PathPattern(path)
            if pattern.names.isEmpty {
                exact[path] = place
            } else {
                patterned.append((pattern, place))
            }
        }
    }

    /// Bytes of body, where a call takes more than others; such a call's path has no parameters.
    func largeBodyLimit(method: String, path: String) -> Int? {
        largeBodies[method]?[path]
    }

    func match(method: String, path: String) -> Match {
        if let place = exact[path] { return match(method, place, [:]) }
        for (pattern, place) in patterned {
            if let values = pattern.values(in: path) { return match(method, place, values) }
        }
        return .unknown
    }

    private func match(_ method: String, _ place: Place, _ values: [String: String]) -> Match {
        if let route = place.routes[method] { return .found(route, values: values) }
        if method == "HEAD", let route = place.routes["GET"] {
            return .found(route, values: values)
        }
        return method == "OPTIONS"
            ? .options(allow: place.allow) : .wrongMethod(allow: place.allow)
    }

    private static func allow(_ methods: some Sequence<String>) -> String {
        let methods = methods.sorted()
        return (methods + (methods.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"])
            .joined(separator: ", ")
    }
}
