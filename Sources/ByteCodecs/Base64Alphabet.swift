/// The sixty-four characters, and the way back from each.
struct Base64Alphabet: Sendable {
    /// What ``values`` holds for a character outside the alphabet: a bit that no value has, so
    /// that a whole text can be checked by or-ing its values.
    static let invalid: UInt8 = 0x80

    let characters: [UInt8]
    let values: [UInt8]

    /// RFC 4648, table 1.
    static let standard = Base64Alphabet(last: "+/")
    /// RFC 4648, table 2.
    static let url = Base64Alphabet(last: "-_")

    private init(last: String) {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        let characters = Array((letters + last).utf8)
        var values = [UInt8](repeating: Self.invalid, count: 256)
        for (value, character) in characters.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        self.characters = characters
        self.values = values
    }
}
