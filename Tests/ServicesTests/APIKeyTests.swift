import Cryptography
import Determinism
import Identifiers
import Testing

@testable import Services

@Suite struct APIKeyTests {
    static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l")
    let surroundings = SimulatedWorld(seed: 9).surroundings

    static func refusal(_ text: String) -> APIKeyRefusal? {
        do {
            _ = try APIKey(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    /// The text with another character at a place.
    static func changed(_ text: String, at place: Int, to character: Character) -> String {
        var characters = Array(text)
        characters[place] = character
        return String(characters)
    }

    @Test("a key's text is what it is read from", arguments: ServiceType.allCases)
    func roundTrip(service: ServiceType) throws {
        let key = APIKey(for: service, from: surroundings)

        #expect(key.text.count == APIKey.textCount)
        #expect(key.text.hasPrefix("slk_\(service.letter)_"))
        #expect(try APIKey(parsing: key.text) == key)
        #expect(try APIKey(parsing: key.text).service == service)
        #expect(key.text.wholeMatch(of: try Regex(APIKey.pattern)) != nil)
    }

    @Test("the bits are those of chance, 160 of them, and no two keys are alike")
    func chance() throws {
        let ones = Surroundings(
            now: surroundings.now, randomBytes: { [UInt8](repeating: 0xFF, count: $0) })
        let zeros = Surroundings(
            now: surroundings.now, randomBytes: { [UInt8](repeating: 0, count: $0) })

        #expect(
            APIKey(for: .seal, from: ones).text.dropFirst(6).prefix(32)
                == String(repeating: "l", count: 32))
        #expect(
            APIKey(for: .seal, from: zeros).text.dropFirst(6).prefix(32)
                == String(repeating: "q", count: 32))
        let keys = (0..<1000).map { _ in APIKey(for: .seal, from: surroundings) }
        #expect(Set(keys.map(\.text)).count == 1000)
    }

    @Test("the hash is SHA-256 of the text, as HAProxy makes it of the header")
    func hash() throws {
        let key = APIKey(for: .seal, from: surroundings)

        #expect(key.hash.bytes == SHA256.hash(Array(key.text.utf8)))
        // `printf %s good | sha256sum`
        #expect(
            APIKey.hash(ofText: "good").description
                == "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c")
        #expect(APIKeyHash(hex: key.hash.description) == key.hash)
        #expect(APIKeyHash(hex: key.hash.description.uppercased()) == nil)
        #expect(APIKeyHash(hex: String(key.hash.description.dropLast())) == nil)
        #expect(APIKeyHash(bytes: [1, 2, 3]) == nil)
    }

    @Test("every single wrong character is found")
    func wrongCharacters() {
        let text = APIKey(for: .seal, from: surroundings).text
        for place in 6..<APIKey.textCount {
            for character in Self.alphabet where character != Array(text)[place] {
                #expect(
                    Self.refusal(Self.changed(text, at: place, to: character)) == .checksumMismatch)
            }
        }
    }

    @Test("neighbours swapped, and up to four wrong characters, are found")
    func swapped() {
        let text = APIKey(for: .grpc, from: surroundings).text
        for place in 6..<APIKey.textCount - 1 {
            let characters = Array(text)
            guard characters[place] != characters[place + 1] else { continue }
            let once = Self.changed(text, at: place, to: characters[place + 1])
            let swapped = Self.changed(once, at: place + 1, to: characters[place])
            #expect(Self.refusal(swapped) == .checksumMismatch)
        }
        for _ in 0..<2000 {
            var wrong = text
            for byte in surroundings.randomBytes(4) {
                let place = 6 + Int(byte) % 38
                let character = Self.alphabet[Int(surroundings.randomBytes(1)[0]) % 32]
                wrong = Self.changed(wrong, at: place, to: character)
            }
            #expect(wrong == text || Self.refusal(wrong) == .checksumMismatch)
        }
    }

    @Test("a key of one service cannot be made to look like another's")
    func otherService() {
        let text = APIKey(for: .seal, from: surroundings).text

        #expect(Self.refusal(Self.changed(text, at: 4, to: "g")) == .checksumMismatch)
        #expect(Self.refusal(Self.changed(text, at: 4, to: "x")) == .unknownService)
        #expect(Self.refusal(Self.changed(text, at: 4, to: "S")) == .unknownService)
    }

    @Test("what is no key says why")
    func others() {
        let text = APIKey(for: .seal, from: surroundings).text

        #expect(Self.refusal("") == .wrongPrefix)
        #expect(Self.refusal("sk_live_0123") == .wrongPrefix)
        #expect(Self.refusal(" " + text) == .wrongPrefix)
        #expect(Self.refusal(text.uppercased()) == .wrongPrefix)
        #expect(Self.refusal(Self.changed(text, at: 5, to: "-")) == .wrongPrefix)
        #expect(Self.refusal(text + "\n") == .wrongLength(expected: 44, actual: 45))
        #expect(
            Self.refusal(String(text.dropLast())) == .wrongLength(expected: 44, actual: 43))
        for character: Character in ["1", "b", "i", "o", "Q", "-", " ", "\u{0}"] {
            #expect(
                Self.refusal(Self.changed(text, at: 20, to: character))
                    == .invalidCharacter(offset: 20))
        }
        #expect(
            Self.refusal(Self.changed(String(text.dropLast()), at: 20, to: "é"))
                == .invalidCharacter(offset: 20))
    }

    @Test("neither a key nor a refusal prints what is secret")
    func silence() throws {
        let key = APIKey(for: .seal, from: surroundings)
        var dumped = ""
        dump(key, to: &dumped)

        for shown in ["\(key)", String(reflecting: key), dumped] {
            #expect(!shown.contains(key.text.dropFirst(6).prefix(4)))
        }
        let wrong = Self.changed(key.text, at: 20, to: "!")
        #expect(!"\(try #require(Self.refusal(wrong)))".contains(key.text.dropFirst(6).prefix(4)))
    }

    @Test("scanners are told the pattern that keys have")
    func documented() throws {
        let page = try RepositoryPage.text("Docs/Edge.md")

        #expect(page.contains(APIKey.pattern))
        let leak = "curl -H 'x-api-key: \(APIKey(for: .seal, from: surroundings).text)' host"
        #expect(leak.firstMatch(of: try Regex(APIKey.pattern)) != nil)
        #expect("slk_s_qqqq".firstMatch(of: try Regex(APIKey.pattern)) == nil)
    }
}
