/// Enough of `Accept` (RFC 9110, section 12.5.1) to tell a browser from a program.
struct AcceptedTypes {
    private let html: Int
    private let json: Int

    init(_ field: String?) {
        var html = 0
        var json = 0
        for range in (field ?? "").lowercased().split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let type = parts.first else { continue }
            let quality = Self.quality(parts.dropFirst())
            if type == "text/html" { html = max(html, quality) }
            if type == "application/json" || type == "application/*" { json = max(json, quality) }
        }
        self.html = html
        self.json = json
    }

    /// JSON where nothing is said: only browsers name HTML.
    var prefersHTML: Bool { html > 0 && html >= json }

    /// In thousandths; what is no number counts as not wanted.
    private static func quality(_ parameters: some Sequence<String>) -> Int {
        guard let text = parameters.first(where: { $0.hasPrefix("q=") })?.dropFirst(2) else {
            return 1000
        }
        let digits = text.filter { $0 != "." }
        guard let value = Int(digits), digits.count <= 4, text.utf8.allSatisfy({ $0 < 0x3A }) else {
            return 0
        }
        return [1: 1000, 2: 100, 3: 10, 4: 1][digits.count, default: 0] * value
    }
}
