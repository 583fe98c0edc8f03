import Audit
import ByteCodecs
import Cryptography
import Determinism
import Identifiers
import Observability
import Storage
public import SuiProtocol

/// From a challenge to a session. No session without a valid signature over our exact text, once.
public final class SignIn: Sendable {
    private let policy: SignInPolicy
    private let database: Database
    private let verifier: SignatureVerifier
    private let pairs: TokenPairs
    private let welcome: SignInServices.Welcome?
    private let surroundings: Surroundings
    private let logger: Logger

    init(
        policy: SignInPolicy, database: Database, verifier: SignatureVerifier, pairs: TokenPairs,
        welcome: SignInServices.Welcome?, surroundings: Surroundings, logger: Logger
    ) {
        self.policy = policy
        self.database = database
        self.verifier = verifier
        self.pairs = pairs
        self.welcome = welcome
        self.surroundings = surroundings
        self.logger = logger
    }

    /// - Parameters:
    ///   - address: who will sign; nil makes a template.
    ///   - chain: the network the client believes to be on; nil asks for ours.
    public func challenge(
        address: SuiAddress?, chain: String?, caller: CallerContext
    ) async throws(SignInError) -> Challenge {
        if let chain, chain != policy.chain.rawValue { throw .chainUnsupported(chain) }
        let issuedAt = surroundings.now()
        let message = SignInMessage(
            policy: policy, address: address,
            nonce: Hex.encode(surroundings.randomBytes(20)), issuedAt: issuedAt,
            expiresAt: issuedAt.adding(milliseconds: SignInPolicy.challengeMilliseconds))
        let token = surroundings.randomBytes(32)
        try await store(message, tokenHash: SHA256.hash(token), caller: caller)
        return Challenge(
            nonce: message.nonce,
            text: address == nil ? .template(message.text) : .message(message.text),
            issuedAt: issuedAt, expiresAt: message.expiresAt, token: Base64.encodeURL(token))
    }

    private func store(
        _ message: SignInMessage, tokenHash: [UInt8], caller: CallerContext
    ) async throws(SignInError) {
        let isStored: Bool
        do {
            isStored = try await database.insertNonce(
                message.nonce, tokenHash: tokenHash, address: message.address,
                message: message.text, clientNetwork: caller.network,
                issuedAt: message.issuedAt, expiresAt: message.expiresAt,
                liveLimit: policy.liveChallengesPerIP)
        } catch {
            throw .storageUnavailable
        }
        guard isStored else { throw .tooManyChallenges(limit: policy.liveChallengesPerIP) }
    }

    /// Uses up the challenge, then judges the signature, then opens the session.
    ///
    /// - Parameters:
    ///   - challengeToken: from the cookie or the header; an empty one matches no challenge.
    ///   - signature: Base64 of `flag‖signature‖public key`; not looked at before the nonce is
    ///     used.
    ///   - address: names the signer of a template; nil takes the one the signature names.
    public func verify(
        nonce: String, challengeToken: String, signature: String, address: SuiAddress?,
        caller: CallerContext
    ) async throws(SignInError) -> SignedIn {
        var signer = address  // Who it was, as far as we got, for the record of a refusal.
        do {
            let row = try await consume(nonce, token: challengeToken)
            signer = row.boundAddress ?? address
            let proven = try await self.signer(
                of: row, signature: signature, claimed: address, traceParent: caller.traceParent)
            signer = proven
            return try await open(proven, caller: caller)
        } catch {
            if error != .storageUnavailable {
                await auditFailure(reason: error.auditReason, address: signer, caller: caller)
            }
            throw error
        }
    }

    private func consume(
        _ nonce: String, token: String
    ) async throws(SignInError) -> NonceRow {
        guard let bytes = try? Base64.decodeURL(token) else { throw .challengeUnknown }
        let row: NonceRow?
        do {
            row = try await database.consumeNonce(nonce, tokenHash: SHA256.hash(bytes))
        } catch {
            throw .storageUnavailable
        }
        guard let row else { throw .challengeUnknown }
        guard row.expiresAt > surroundings.now() else { throw .challengeExpired }
        return row
    }

    private func signer(
        of row: NonceRow, signature text: String, claimed: SuiAddress?, traceParent: String?
    ) async throws(SignInError) -> SuiAddress {
        let signature: SuiSignature
        do {
            signature = try SuiSignature.parse(base64: text)
        } catch {
            throw .signatureMalformed(reason: error.reason)
        }
        let bound = row.boundAddress
        if let bound, let claimed, bound != claimed {
            throw .signatureInvalid(reason: "address_mismatch")
        }
        guard let address = bound ?? claimed ?? signature.addresses.first else {
            throw .signatureInvalid(reason: "address_mismatch")
        }
        let message = bound == nil ? SignInMessage.fill(row.message, with: address) : row.message
        guard !policy.acceptsAnySignature else { return address }
        try await verifier.verify(
            signature, text: text, of: Array(message.utf8), by: address, traceParent: traceParent)
        return address
    }

    private func open(
        _ address: SuiAddress, caller: CallerContext
    ) async throws(SignInError) -> SignedIn {
        guard let signer = pairs.signer else { throw .storageUnavailable }
        let token = surroundings.randomBytes(RefreshTokens.byteCount)
        let new = NewSession(
            id: SessionID(from: surroundings), refreshHash: RefreshTokens.hash(of: token),
            createdAt: surroundings.now(), caller: caller)
        guard let row = try await store(new, for: address),
            let signedIn = pairs.signedIn(row, refreshToken: token, by: signer)
        else { throw .storageUnavailable }
        await welcome?(address)
        return signedIn
    }

    /// A customer's random id may be taken (one in four billion a customer), and two first
    /// sign-ins may meet; both are tried again.
    private func store(
        _ new: NewSession, for address: SuiAddress
    ) async throws(SignInError) -> SessionRow? {
        let record = AuditRecord(
            action: .signInSucceeded, outcome: .success, walletAddress: address.description,
            caller: new.caller)
        for _ in 0..<5 {
            do {
                let row = try await database.openSession(
                    new, for: address, candidate: CustomerID.random(from: surroundings),
                    audit: record.insertion(
                        at: new.createdAt, selecting: .openSession))
                if let row { return row }
                if try await database.customer(at: address)?.status == .closed {
                    throw SignInError.customerClosed
                }
            } catch let error as SignInError {
                throw error
            } catch StorageError.constraintViolated(name: "customers_pkey", _) {
                continue
            } catch {
                throw .storageUnavailable
            }
        }
        return nil
    }

    /// Puts an attempt on record that never got as far as ``verify``. The caller sees to it that
    /// such attempts are as limited as those that do.
    public func record(_ refusal: SignInRefusal, caller: CallerContext) async {
        await auditFailure(reason: refusal.rawValue, address: nil, caller: caller)
    }

    /// Written after the refusal and beside it: a failure to write it is logged and does not turn
    /// one refusal into another.
    private func auditFailure(
        reason: String, address: SuiAddress?, caller: CallerContext
    ) async {
        let record = AuditRecord(
            action: .signInFailed, outcome: .failure, reason: reason,
            walletAddress: address?.description, caller: caller)
        do {
            _ = try await database.execute(record.insertion(at: surroundings.now()))
        } catch {
            logger.with(traceparent: caller.traceParent).error(
                "a failed sign-in could not be written to the audit log",
                ("requestId", .text(caller.requestID)))
        }
    }
}
