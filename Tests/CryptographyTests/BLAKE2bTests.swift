import ByteCodecs
import Cryptography
import Testing

@Suite struct BLAKE2bTests {
    @Test("the parts hash as if put together, to the published 32-byte hash")
    func parts() {
        // RFC 7693 gives only the 64-byte form; this is `b2sum -l 256` of "abc".
        let expected = "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"

        #expect(Hex.encode(BLAKE2b.hash256(Array("abc".utf8))) == expected)
        #expect(Hex.encode(BLAKE2b.hash256(Array("a".utf8), [], Array("bc".utf8))) == expected)
    }

    @Test func nothingHasAHashToo() {
        let expected = "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"

        #expect(Hex.encode(BLAKE2b.hash256()) == expected)
        #expect(Hex.encode(BLAKE2b.hash256([])) == expected)
    }
}
