import HTTPTransport
import Testing

@Suite struct HTTPFieldsTests {
    private func texts(_ fields: HTTPFields) -> [String] { fields.map { "\($0.0): \($0.1)" } }

    @Test("fields come out as they went in, in order, empty values too")
    func order() {
        var fields: HTTPFields = [("B", "1"), ("A", "")]
        fields.append("B", "é")
        fields.append("C") { $0 += [0x78, 0x79] }
        let sum = fields + [("D", "z")]

        #expect(texts(sum) == ["B: 1", "A: ", "B: é", "C: xy", "D: z"])
        #expect(texts(fields).count == 4)
        #expect(texts([]).isEmpty)
        #expect(texts(HTTPFields([("A", "1")]) + []) == ["A: 1"])
    }

    @Test("a field with a NUL in it is left out, and moves no other", arguments: [0, 1, 2])
    func nul(place: Int) {
        var pairs = [("A", "1"), ("B", "2"), ("C", "3")]
        pairs[place].1 += "\u{0}X: y"
        let others = pairs.enumerated().filter { $0.offset != place }.map(\.element)

        #expect(texts(HTTPFields(pairs)) == others.map { "\($0.0): \($0.1)" })
        pairs[place] = ("N\u{0}", "x")
        #expect(texts(HTTPFields(pairs)) == others.map { "\($0.0): \($0.1)" })
    }
}
