import Determinism
import Identifiers
import Testing

@Suite struct IdentifierTests {
    @Test("a customer's id is 1 to 2³²−1", arguments: [Int64(0), -1, 4_294_967_296, .max, .min])
    func refusedNumbers(number: Int64) {
        #expect(CustomerID(number) == nil)
        #expect(CustomerID(1) != nil)
        #expect(CustomerID(4_294_967_295) != nil)
    }

    @Test("zero is drawn again")
    func zeroIsDrawnAgain() {
        let draws = Draws([[0, 0, 0, 0], [0, 0, 0, 9]])
        let surroundings = Surroundings(
            now: { Timestamp(milliseconds: 0) }, randomBytes: { _ in draws.next() })

        #expect(CustomerID.random(from: surroundings).number == 9)
    }

    @Test("a UUID carries its time, its version and its variant")
    func layout() throws {
        let surroundings = Surroundings(
            now: { Timestamp(milliseconds: 0x0123_4567_89AB) },
            randomBytes: { [UInt8](repeating: 0xFF, count: $0) })

        let uuid = UUIDv7(from: surroundings)

        #expect(uuid.description == "01234567-89ab-7fff-bfff-ffffffffffff")
        #expect(UUIDv7(uuid.description) == uuid)
    }

    @Test(
        "one spelling of a UUID is taken",
        arguments: [
            "", "01234567-89AB-7fff-bfff-ffffffffffff", "0123456789ab7fffbfffffffffffffff",
            "01234567-89ab-7fff-bfff-fffffffffff", "01234567-89ab-7fff-bfff-fffffffffffff",
            "01234567+89ab-7fff-bfff-ffffffffffff", "0123456g-89ab-7fff-bfff-ffffffffffff",
            "-1234567-89ab-7fff-bfff-ffffffffffff", "01234567-89ab-7fff-bfff-ffffffffff-f",
        ])
    func refusedTexts(text: String) {
        #expect(UUIDv7(text) == nil)
        #expect(SessionID(text) == nil)
    }
}
