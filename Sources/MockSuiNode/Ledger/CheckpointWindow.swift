/// Checkpoints from `first` to `last`, both counted.
struct CheckpointWindow {
    var first = 0
    var last = Int.max

    mutating func narrow(after sequence: Int) {
        first = max(first, sequence == .max ? sequence : sequence + 1)
    }

    mutating func narrow(before sequence: Int) {
        last = min(last, sequence - 1)
    }

    mutating func narrow(at sequence: Int) {
        first = max(first, sequence)
        last = min(last, sequence)
    }
}
