/// Finds a member named twice without comparing every pair in a large object.
struct JSONNames {
    private static let comparedOneByOne = 16

    /// Holds all names once there are many; empty before.
    private var known: Set<[UInt8]> = []

    /// - Returns: false when one of `members` has that name.
    mutating func add(_ name: String, to members: [JSONObject.Member]) -> Bool {
        if members.count < Self.comparedOneByOne {
            return !members.contains { $0.name.utf8.elementsEqual(name.utf8) }
        }
        if known.isEmpty { known = Set(members.map { Array($0.name.utf8) }) }
        return known.insert(Array(name.utf8)).inserted
    }
}
