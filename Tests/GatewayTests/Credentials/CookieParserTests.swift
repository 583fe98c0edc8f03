import Testing

@testable import Gateway

@Suite struct CookieParserTests {
    private let parser = CookieParser(names: CookieNames(secure: true))

    @Test func findsOursAmongForeignOnes() throws {
        let cookies = try parser.parse(
            #"theme="a b"; __Host-sluice_access=A.b-c; x; =y; __Host-sluice_refresh=R="#)

        #expect(cookies == SluiceCookies(access: "A.b-c", refresh: "R="))
    }

    @Test(
        "a header that could mean two things is refused",
        arguments: [
            "__Host-sluice_access=a; __Host-sluice_access=a",
            "__Host-sluice_access=a; other=1; __Host-sluice_access=b",
            "__Host-sluice_refresh=a;__Host-sluice_refresh=",
        ])
    func duplicates(header: String) {
        #expect(throws: CookieParser.Refusal.self) { try parser.parse(header) }
    }

    @Test(
        "a value that we never set is refused",
        arguments: [
            "", "\"quoted\"", "a b", "a,b", #"a\b"#, "a\u{7F}", "ä",
            String(repeating: "a", count: 4097),
        ])
    func values(value: String) {
        #expect(throws: CookieParser.Refusal.malformed(.access)) {
            try parser.parse("__Host-sluice_access=\(value)")
        }
    }

    @Test(
        "only the very name is ours",
        arguments: [
            "sluice_access=a", "__host-sluice_access=a", "__Host-sluice_accessx=a",
            "__Host-sluice_access", "X__Host-sluice_access=a", "", ";;;", "=",
            "__Host-sluice_access =a",
        ])
    func otherNames(header: String) throws {
        #expect(try parser.parse(header) == SluiceCookies())
    }

    @Test func insecureNamesHaveNoPrefix() throws {
        let names = CookieNames(secure: false)

        #expect(try CookieParser(names: names).parse("sluice_access=a").access == "a")
        #expect(
            names.setting(.access, to: "v", seconds: 900).1
                == "sluice_access=v; Path=/; Max-Age=900; HttpOnly; SameSite=Strict")
    }

    @Test func secureCookiesHaveEveryAttribute() {
        let names = CookieNames(secure: true)

        #expect(
            names.setting(.refresh, to: "v", seconds: 60).1
                == "__Host-sluice_refresh=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict")
        #expect(
            names.clearing(.challenge).1
                == "__Host-sluice_challenge=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict")
    }

    @Test func anyBytesAreSurvived() {
        var state: UInt64 = 88_172_645_463_325_252
        for _ in 0..<20_000 {
            let header = (0..<24).map { _ -> String in
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                let pieces = ["__Host-sluice_access", "=", ";", " ", "a", "\"", "\u{0}", "é", "\t"]
                return pieces[Int(state % UInt64(pieces.count))]
            }.joined()
            let cookies = try? parser.parse(header)
            #expect(cookies?.access?.contains(";") != true)
        }
    }
}
