import HTTPTransport
import Testing

@testable import Gateway

@Suite struct CredentialsTests {
    private let names = CookieNames(secure: true)

    @Test(
        "only one spelling is a bearer token",
        arguments: [
            "Bearer", "Bearer ", "Bearer  abc", "Bearer abc ", "Bearer a b", "Basic YTpi", "abc",
            "Bearer\tabc", "Bearerabc", "Bearer a,b", "Bearer ä", "Bearer \"a\"", "",
        ])
    func otherSpellings(field: String) {
        #expect(Credentials.bearerToken(of: field) == nil)
    }

    @Test(arguments: ["Bearer a.b-c_d~+/=", "bearer a.b-c_d~+/=", "BEARER a.b-c_d~+/="])
    func schemeHasNoCase(field: String) {
        #expect(Credentials.bearerToken(of: field) == "a.b-c_d~+/=")
    }

    @Test("every byte is judged alike, wherever in a token it stands")
    func tokenBytes() {
        let good = Set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=".utf8)
        for byte in UInt8.min...UInt8.max {
            for place in 0..<20 {
                var token = [UInt8](repeating: UInt8(ascii: "a"), count: 20)
                token[place] = byte
                let isFine = token.withUnsafeBufferPointer { TokenBytes.areAll($0) }
                #expect(isFine == good.contains(byte), "\(byte) at \(place)")
            }
        }
    }

    @Test func authorizationSilencesCookies() throws {
        let credentials = try Credentials(
            HTTPHeaders([
                ("Authorization", "Basic YTpi"),
                ("Cookie", "__Host-sluice_access=a; __Host-sluice_access=b"),
            ]), names: names)

        #expect(credentials.hasAuthorization)
        #expect(credentials.accessToken == nil)
        #expect(credentials.cookies == SluiceCookies())
    }

    @Test func cookieSpeaksWhereNothingElseDoes() throws {
        let headers = HTTPHeaders([("Cookie", "__Host-sluice_access=a")])

        #expect(try Credentials(headers, names: names).accessToken == "a")
    }
}
