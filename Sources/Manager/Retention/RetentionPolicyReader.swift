import ByteCodecs

extension RetentionPolicy {
    /// Reads the file: an object with every member once, each a whole number within its bounds, and
    /// nothing else.
    public init(parsing bytes: [UInt8]) throws(RetentionPolicyError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes)
        } catch {
            throw RetentionPolicyError(
                line: Self.line(at: error.offset, of: bytes), reason: error.reason.rawValue)
        }
        self.init()
        do throws(JSONFieldError) {
            var reader = try JSONObjectReader(value)
            for member in Self.members {
                let number = try reader.integer(member.name)
                guard member.bounds.contains(number) else {
                    throw .wrongType(
                        member.name,
                        expected: "from \(member.bounds.lowerBound) to \(member.bounds.upperBound)")
                }
                self[keyPath: member.path] = number
            }
            try reader.finish()
        } catch {
            throw RetentionPolicyError(line: Self.line(of: error, bytes), reason: "\(error)")
        }
    }

    private static func line(at offset: Int, of bytes: [UInt8]) -> Int {
        1 + bytes.prefix(max(0, offset)).count { $0 == UInt8(ascii: "\n") }
    }

    /// The object is flat and names nothing twice, so that the first place of a name is its own.
    private static func line(of error: JSONFieldError, _ bytes: [UInt8]) -> Int {
        switch error {
        case .notAnObject, .missing: 1
        case .wrongType(let name, _), .unknown(let name):
            place(of: "\"\(name)\"", in: bytes).map { line(at: $0, of: bytes) } ?? 1
        }
    }

    private static func place(of text: String, in bytes: [UInt8]) -> Int? {
        let wanted = Array(text.utf8)
        return bytes.indices.first { bytes[$0...].starts(with: wanted) }
    }
}
