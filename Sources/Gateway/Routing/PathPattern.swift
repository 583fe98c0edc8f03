/// A path with names in braces where a client's values stand: `/v1/auth/sessions/{id}`.
struct PathPattern: Sendable {
    private enum Segment {
        case fixed(Substring)
        case value(String)
    }

    let text: String
    private let segments: [Segment]

    init(_ text: String) {
        self.text = text
        segments = Self.split(text).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .value(String(segment.dropFirst().dropLast())) : .fixed(segment)
        }
    }

    var names: [String] {
        segments.compactMap { segment in
            guard case .value(let name) = segment else { return nil }
            return name
        }
    }

    /// The values in `path`, percent-decoded; nil when it is another path. A segment is decoded
    /// after the split, so `%2F` never makes two of one.
    func values(in path: String) -> [String: String]? {
        let parts = Self.split(path)
        guard parts.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .fixed(let text):
                guard part == text else { return nil }
            case .value(let name):
                guard !part.isEmpty, let value = PercentEncoding.decoded(part) else { return nil }
                values[name] = value
            }
        }
        return values
    }

    private static func split(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }
}
