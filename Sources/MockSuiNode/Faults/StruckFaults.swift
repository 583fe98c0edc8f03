/// The faults that strike one request.
struct StruckFaults {
    var amounts: [Fault: Int64] = [:]
    /// For what is left to chance inside a fault.
    var entropy: UInt64 = 0

    func has(_ fault: Fault) -> Bool { amounts[fault] != nil }

    subscript(fault: Fault) -> Int? {
        amounts[fault].map { Int(clamping: $0) }
    }
}
