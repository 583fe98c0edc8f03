import ByteCodecs

extension Problem {
    /// A body that breaks its schema; the member is named, its value never repeated.
    init(_ violation: SchemaViolation) {
        let member = Self.shortened(violation.member)
        let subject = member.isEmpty ? "The body" : member
        let detail =
            switch violation.fault {
            case .missing: "\(subject) is missing."
            case .unknownMember: "\(subject) is not a member that this call knows."
            case .wrongType(let expected): "\(subject) must be \(expected)."
            case .wrongShape(let expected): "\(subject) must be \(expected)."
            case .notAnAmount(let expected): "\(subject) must be micro-USDC: \(expected)."
            }
        var code = ProblemCode.bodyInvalid
        if case .notAnAmount = violation.fault { code = .amountInvalid }
        self.init(code, detail, members: member.isEmpty ? [:] : ["member": .string(member)])
    }

    init(_ error: JSONError) {
        self.init(
            .bodyInvalid, "The body is no JSON that is taken here: \(error.description).",
            members: ["offset": .integer(Int64(error.offset))])
    }

    /// An unknown member's name is the client's text: enough to recognise it, and no more.
    private static func shortened(_ member: String) -> String {
        member.unicodeScalars.count <= 100
            ? member : String(String.UnicodeScalarView(member.unicodeScalars.prefix(100))) + "…"
    }
}
