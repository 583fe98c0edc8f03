/// Who may sign for a multisig address, and how much of them it takes.
public struct MultisigCommittee: Sendable, Equatable {
    /// Source: `Docs/Sources.md#multisig`.
    public static let memberLimit = 10

    /// 1 to 10, none twice, no weight zero.
    public let members: [MultisigMember]
    /// Above zero and not above the sum of all weights.
    public let threshold: UInt16

    init(from reader: inout SignatureReader) throws(SuiSignatureError) {
        let count = try reader.uleb128()
        guard (1...Self.memberLimit).contains(count) else { throw .multisigMemberCount }
        var members: [MultisigMember] = []
        for _ in 0..<count { members.append(try MultisigMember(from: &reader)) }
        self.members = members
        threshold = try reader.u16()
    }

    /// The rules that do not depend on who signed.
    func validate() throws(SuiSignatureError) {
        guard members.allSatisfy({ $0.weight > 0 }) else { throw .multisigWeightZero }
        for (index, member) in members.enumerated() {
            let others = members[..<index]
            guard !others.contains(where: { $0.key == member.key }) else {
                throw .multisigDuplicateMember
            }
        }
        let sum = members.reduce(0) { $0 + Int($1.weight) }
        guard (1...sum).contains(Int(threshold)) else { throw .multisigThreshold }
    }

    public var address: SuiAddress {
        let low = UInt8(truncatingIfNeeded: threshold)
        let high = UInt8(truncatingIfNeeded: threshold >> 8)
        return .derived(
            flag: SignatureScheme.multisig.flag, [low, high] + members.flatMap(\.addressPart))
    }

    var hasZkLoginMember: Bool {
        members.contains { member in
            if case .zkLogin = member.key { true } else { false }
        }
    }
}
