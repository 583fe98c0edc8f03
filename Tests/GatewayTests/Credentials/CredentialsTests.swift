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
