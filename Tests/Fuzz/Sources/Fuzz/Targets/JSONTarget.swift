import ByteCodecs

/// What is taken as JSON means the same once written and read again.
enum JSONTarget {
    static func run(_ input: [UInt8]) {
        guard let value = try? JSONValue.parse(input) else {
            demand((try? JSONValue.parse([0x20] + input)) == nil, "white space repairs nothing")
            return
        }
        demand(String(validating: input, as: UTF8.self) != nil, "JSON is UTF-8")
        let written = value.serialized()
        demand((try? JSONValue.parse(written)) == value, "reads back what it wrote")
        let spaced = [0x0A] + input + [0x09]
        demand((try? JSONValue.parse(spaced)) == value, "white space is no content")
        demand((try? JSONValue.parse(input + [0x2C])) == nil, "nothing may follow")
    }
}
