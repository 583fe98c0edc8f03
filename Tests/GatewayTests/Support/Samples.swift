import Determinism
import Identifiers
import SuiProtocol
import Testing

@testable import Authentication

/// Values that tests need and do not care about.
enum Samples {
    static let now = Timestamp(milliseconds: 1_800_000_000_000)

    static func address() throws -> SuiAddress { try SuiAddress(parsing: "0x2a") }

    static func customer() throws -> Customer {
        Customer(
            id: try #require(CustomerID(42)), walletAddress: try address(), status: .active,
            displayName: nil, createdAt: now)
    }

    static func session(_ number: UInt8, minutesAgo: Int64 = 0) throws -> Session {
        let bytes = [UInt8](repeating: number, count: 16)
        return Session(
            id: SessionID(try #require(UUIDv7(bytes: bytes))),
            createdAt: now.adding(seconds: -60 * minutesAgo), lastUsedAt: now,
            expiresAt: now.adding(seconds: 90 * 86_400), ip: "203.0.113.9", userAgent: "Browser")
    }

    static func claims(session: UInt8 = 1) throws -> AccessClaims {
        AccessClaims(
            sessionID: try self.session(session).id, customerID: try #require(CustomerID(42)),
            walletAddress: try address(), chain: "sui:testnet", issuedAt: now,
            expiresAt: now.adding(seconds: 900), tokenID: "token-id")
    }

    static func signedIn() throws -> SignedIn {
        SignedIn(
            accessToken: "ACCESS", expiresIn: 900, refreshToken: "REFRESH2",
            refreshExpiresAt: now.adding(seconds: 30 * 86_400), session: try session(1),
            customer: try customer())
    }

    static func challenge() -> Challenge {
        Challenge(
            nonce: "NONCE", text: .message("Sign this"), issuedAt: now,
            expiresAt: now.adding(seconds: 300), token: "CHALLENGE")
    }
}
