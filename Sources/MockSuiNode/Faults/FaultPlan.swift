import ByteCodecs
import Cryptography

/// Rules, and the chance by which they strike: a value, the same for the same seed and the same
/// requests in the same order.
struct FaultPlan {
    private let seed: UInt64
    private let rules: [FaultRule]
    /// How often each rule was asked, and how often it struck.
    private var asked: [UInt64]
    private var struck: [Int]

    init(seed: UInt64 = 0, rules: [FaultRule] = []) {
        self.seed = seed
        self.rules = rules
        asked = Array(repeating: 0, count: rules.count)
        struck = Array(repeating: 0, count: rules.count)
    }

    /// The faults that strike a request, each with its amount.
    mutating func draw(for questions: [NodeQuestion]) -> StruckFaults {
        var faults = StruckFaults()
        guard !questions.contains(where: { $0.operation == .control }) else { return faults }
        for (index, rule) in rules.enumerated()
        where questions.contains(where: { $0.isMeant(by: rule.method) }) {
            guard rule.count.map({ struck[index] < $0 }) ?? true else { continue }
            let chance = chance(rule: index)
            asked[index] += 1
            guard chance.fraction < rule.probability else { continue }
            struck[index] += 1
            faults.amounts[rule.fault] = rule.amount
            faults.entropy = chance.rest
        }
        return faults
    }

    /// BLAKE2b-256 of seed, rule and how often it was asked.
    private func chance(rule: Int) -> (fraction: Double, rest: UInt64) {
        var writer = BCSWriter()
        writer.u64(seed)
        writer.u64(UInt64(rule))
        writer.u64(asked[rule])
        var reader = BCSReader(BLAKE2b.hash256(writer.bytes))
        let first = (try? reader.u64()) ?? 0
        let rest = (try? reader.u64()) ?? 0
        return (Double(first >> 11) / Double(UInt64(1) << 53), rest)
    }
}
