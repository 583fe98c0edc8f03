/// A signature by enough members of a committee.
///
/// BCS: signatures, bitmap of the members who signed (u16, bit i for member i, signatures in
/// rising order), members, threshold. Source: `Docs/Sources.md#multisig`.
public struct MultisigSignature: Sendable, Equatable {
    public let committee: MultisigCommittee
    /// Each with the index of its member, rising.
    let signers: [(member: Int, signature: MultisigMemberSignature)]

    public static func == (left: Self, right: Self) -> Bool {
        left.committee == right.committee
            && left.signers.elementsEqual(right.signers) {
                $0.member == $1.member && $0.signature == $1.signature
            }
    }

    /// - Parameter body: what follows the flag.
    init(body: ArraySlice<UInt8>) throws(SuiSignatureError) {
        var reader = SignatureReader(body)
        let count = try reader.uleb128()
        guard count <= MultisigCommittee.memberLimit else { throw .multisigSignatureCount }
        var signatures: [MultisigMemberSignature] = []
        for _ in 0..<count { signatures.append(try MultisigMemberSignature(from: &reader)) }
        guard !Self.isLegacyBitmap(reader.rest) else { throw .multisigLegacy }
        let bitmap = try reader.u16()
        committee = try MultisigCommittee(from: &reader)
        try reader.finish()
        try committee.validate()
        signers = try Self.assign(signatures, by: bitmap, in: committee)
    }

    /// A byte vector with a roaring bitmap, known by its cookie 12346 (little-endian u32).
    /// Read as the present form it would be refused too, but for a reason that helps nobody.
    private static func isLegacyBitmap(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.dropFirst().starts(with: [0x3A, 0x30, 0, 0])
    }

    private static func assign(
        _ signatures: [MultisigMemberSignature], by bitmap: UInt16, in committee: MultisigCommittee
    ) throws(SuiSignatureError) -> [(member: Int, signature: MultisigMemberSignature)] {
        let indices = (0..<16).filter { bitmap >> $0 & 1 == 1 }
        guard indices.count == signatures.count,
            indices.allSatisfy({ $0 < committee.members.count })
        else { throw .multisigBitmap }
        let signers = Array(zip(indices, signatures))
        for (index, signature) in signers { try signature.match(committee.members[index].key) }
        return signers.map { (member: $0.0, signature: $0.1) }
    }

    /// - Returns: ``LocalVerdict/needsNode`` for every committee with a zkLogin member, whoever
    ///   signed: such a multisig goes whole to a node.
    func verify(over digest: [UInt8]) throws(SuiSignatureError) -> LocalVerdict {
        let weight = signers.reduce(0) { $0 + Int(committee.members[$1.member].weight) }
        guard weight >= Int(committee.threshold) else { throw .multisigInsufficientWeight }
        for (index, signature) in signers {
            try signature.verify(over: digest, key: committee.members[index].key)
        }
        return committee.hasZkLoginMember ? .needsNode : .valid
    }
}
