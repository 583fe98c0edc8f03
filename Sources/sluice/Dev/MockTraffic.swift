import Determinism

/// An API key that made-up requests are made with.
struct MockTrafficKey: Hashable, Sendable {
    /// SHA-256 of the key, in hex: all that a line has of it.
    let hash: String
    let service: String
    let tier: String
    /// HAProxy answers 402 then.
    var isSuspended = false
}

/// Makes up what an edge would log: customers of several tiers, bursts, errors, requests without a
/// key, lines that come late and lines that come twice. Rates are modest.
struct MockTraffic {
    static let edge = DevEdge.name

    /// Requests of a second, outside of bursts.
    private static let rates = ["starter": 2, "pro": 5, "enterprise": 10]
    private static let burstFactor = 5
    private static let burstMilliseconds: Int64 = 4000
    /// How long a late line is held back.
    private static let lateMilliseconds: Int64 = 15_000
    /// Of a thousand requests; the rest succeed.
    private static let errors: [(status: Int, share: Int)] = [
        (404, 15), (400, 15), (429, 10), (502, 5), (503, 5),
    ]
    private static let lateShare = 10
    private static let doubledShare = 5

    private let surroundings: Surroundings
    private let startedAt: Timestamp
    private let process: Int32
    /// Lines that each frontend has written.
    private var numbers: [String: UInt32] = [:]
    private var late: [(due: Timestamp, line: String)] = []
    private var bursts: [MockTrafficKey: Timestamp] = [:]

    init(process: Int32, _ surroundings: Surroundings) {
        self.process = process
        self.surroundings = surroundings
        startedAt = surroundings.now()
    }

    /// The lines of so many milliseconds until now, in the order in which they come in.
    mutating func lines(
        of keys: [MockTrafficKey], milliseconds: Int64
    ) -> [String] {
        let now = surroundings.now()
        var lines: [String] = []
        for key in keys {
            for _ in 0..<count(of: key, at: now, milliseconds) {
                let line = line(of: key, status: key.isSuspended ? 402 : status(), at: now)
                if below(1000) < Self.lateShare {
                    late.append((now.adding(milliseconds: Self.lateMilliseconds), line))
                    continue
                }
                lines.append(line)
                if below(1000) < Self.doubledShare { lines.append(line) }
            }
        }
        if below(1000) < Int(milliseconds) / 2 {
            lines.append(line(of: nil, status: 401, at: now))
        }
        lines += late.filter { $0.due <= now }.map(\.line)
        late.removeAll { $0.due <= now }
        return lines
    }

    private mutating func count(
        of key: MockTrafficKey, at now: Timestamp, _ milliseconds: Int64
    ) -> Int {
        // A burst every minute or so.
        if below(60_000) < Int(milliseconds) {
            bursts[key] = now.adding(milliseconds: Self.burstMilliseconds)
        }
        let isBurst = bursts[key].map { $0 > now } ?? false
        let rate = (Self.rates[key.tier] ?? 2) * (isBurst ? Self.burstFactor : 1)
        let thousandths = rate * Int(milliseconds)
        return thousandths / 1000 + (below(1000) < thousandths % 1000 ? 1 : 0)
    }

    private func status() -> Int {
        var place = below(1000)
        for (status, share) in Self.errors {
            if place < share { return status }
            place -= share
        }
        return 200
    }

    private mutating func line(
        of key: MockTrafficKey?, status: Int, at now: Timestamp
    ) -> String {
        let service = key?.service ?? "seal"
        let number = numbers[service, default: 0]
        numbers[service] = number &+ 1
        let response = 1 + below(80)
        let isServed = key != nil && status != 429
        return """
            {"v":1,"time":\(now.milliseconds),"id":"\(identifier())","edge":"\(Self.edge)",\
            "frontend":"\(service)","start":\(startedAt.milliseconds * 1000),"pid":\(process),\
            "lc":\(number),"key":"\(key?.hash ?? "-")","service":"\(service)","method":"POST",\
            "status":\(status),"in":\(120 + below(2000)),"out":\(isServed ? 200 + below(20_000) : 207),\
            "request":0,"queue":\(isServed ? 0 : -1),"connect":\(isServed ? 0 : -1),\
            "response":\(isServed ? response : -1),"active":\(isServed ? response + 1 : 0)}
            """
    }

    /// A random UUID (RFC 9562, section 5.4), as HAProxy's `uuid()` makes it.
    private func identifier() -> String {
        var bytes = surroundings.randomBytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count == 1 ? "0" + text : text
        }
        return [digits[0..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10..<16]]
            .map { $0.joined() }.joined(separator: "-")
    }

    /// A number from 0 to below the limit, near enough to evenly spread for this.
    private func below(_ limit: Int) -> Int {
        let word = surroundings.randomBytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Int(word) % limit
    }
}
