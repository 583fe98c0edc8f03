import CDirect
import Determinism

/// Times both ways in turns, so that what the machine does meanwhile befalls both alike.
enum SignatureBench {
    private static let rounds = 41
    private static let perRound = 200

    /// Prints a line of JSON per scheme: verifications per second, and the median ratio.
    static func run() {
        precondition(direct_prepare() == 1)
        let message = [UInt8](repeating: 0x5A, count: 32)  // What is signed is a 32-byte digest.
        for curve in Curve.all(message: message) {
            var ours: [UInt64] = []
            var direct: [UInt64] = []
            for _ in 0..<rounds {
                ours.append(timed { verifyOurs(curve, message) })
                direct.append(timed { verifyDirect(curve, message) })
            }
            let ratios = zip(ours, direct).map { Double($1) / Double($0) }
            print(
                """
                {"scheme":"\(curve.name)","oursPerSecond":\(rate(ours)),\
                "directPerSecond":\(rate(direct)),"ratio":\(median(ratios))}
                """)
        }
    }

    private static func verifyOurs(_ curve: Curve, _ message: [UInt8]) {
        for _ in 0..<perRound {
            do {
                try curve.ours(curve.signature, message, curve.publicKey)
            } catch {
                preconditionFailure("\(curve.name): \(error)")
            }
        }
    }

    private static func verifyDirect(_ curve: Curve, _ message: [UInt8]) {
        for _ in 0..<perRound {
            let result = curve.direct(curve.signature, message, message.count, curve.publicKey)
            precondition(result == 1)
        }
    }

    private static func timed(_ body: () -> Void) -> UInt64 {
        let start = Deadline.now
        body()
        return start.elapsedNanoseconds
    }

    private static func rate(_ nanoseconds: [UInt64]) -> Int {
        Int(Double(perRound) * 1e9 / Double(median(nanoseconds)))
    }

    private static func median<Value: Comparable>(_ values: [Value]) -> Value {
        values.sorted()[values.count / 2]
    }
}
