import Synchronization

/// All metrics of a process, and their text for `GET /metrics`.
///
/// Format: Prometheus text exposition 0.0.4. Asking twice for one name and one set of labels gives
/// the same metric, so callers need not share it by hand.
public final class MetricsRegistry: Sendable {
    private enum Metric: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)

        var kind: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    private struct Family {
        var help: String
        var kind: String
        var metrics: [(labels: String, metric: Metric)]
    }

    private let families = Mutex<[String: Family]>([:])

    public init() {}

    public func counter(
        _ name: String, help: String, labels: [(String, String)] = []
    ) -> Counter {
        let found = metric(name, help, labels) { .counter(Counter()) }
        guard case .counter(let counter) = found else { return Counter() }
        return counter
    }

    public func gauge(_ name: String, help: String, labels: [(String, String)] = []) -> Gauge {
        let found = metric(name, help, labels) { .gauge(Gauge()) }
        guard case .gauge(let gauge) = found else { return Gauge() }
        return gauge
    }

    public func histogram(
        _ name: String, help: String, labels: [(String, String)] = []
    ) -> Histogram {
        let found = metric(name, help, labels) { .histogram(Histogram()) }
        guard case .histogram(let histogram) = found else { return Histogram() }
        return histogram
    }

    private func metric(
        _ name: String, _ help: String, _ labels: [(String, String)], make: () -> Metric
    ) -> Metric {
        let text = Self.text(of: labels)
        return families.withLock { families in
            if let known = families[name]?.metrics.first(where: { $0.labels == text }) {
                return known.metric
            }
            let made = make()
            assert(families[name].map { $0.kind == made.kind } ?? true, "\(name) has two kinds")
            families[name, default: Family(help: help, kind: made.kind, metrics: [])]
                .metrics.append((text, made))
            return made
        }
    }

    /// Every metric, families by name.
    public func text() -> String {
        var text = ""
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind)\n"
            for (labels, metric) in family.metrics.sorted(by: { $0.labels < $1.labels }) {
                switch metric {
                case .counter(let counter):
                    text += "\(name)\(Self.braced(labels)) \(counter.value)\n"
                case .gauge(let gauge): text += "\(name)\(Self.braced(labels)) \(gauge.value)\n"
                case .histogram(let histogram):
                    text += Self.lines(of: histogram.content, name: name, labels: labels)
                }
            }
        }
        return text
    }

    private static func lines(
        of content: Histogram.Content, name: String, labels: String
    ) -> String {
        var text = ""
        var total: Int64 = 0
        let prefix = labels.isEmpty ? "" : labels + ","
        for (bound, count) in zip(Histogram.bounds, content.buckets) {
            total += count
            text += "\(name)_bucket{\(prefix)le=\"\(bound.text)\"} \(total)\n"
        }
        text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(content.count)\n"
        let whole = content.sumNanoseconds / 1_000_000_000
        let rest = String(content.sumNanoseconds % 1_000_000_000)
        let fraction = String(repeating: "0", count: 9 - rest.count) + rest
        text += "\(name)_sum\(braced(labels)) \(whole).\(fraction)\n"
        text += "\(name)_count\(braced(labels)) \(content.count)\n"
        return text
    }

    private static func text(of labels: [(String, String)]) -> String {
        labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func braced(_ labels: String) -> String {
        labels.isEmpty ? "" : "{\(labels)}"
    }
}
