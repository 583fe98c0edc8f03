import Audit
import ByteCodecs
public import Determinism
public import Idempotency
import Identifiers
import Observability
import Storage
public import SuiProtocol

extension Wallets {
    /// How many transactions of its own a wallet may have us look for at once.
    static let watchLimit = 50

    /// Sends what was handed out and comes back signed. The same again sends it again, as long as
    /// its outcome is not known.
    ///
    /// - Parameters:
    ///   - bytes: what the wallet says it signed.
    ///   - signature: Base64 of flag, signature and public key.
    ///   - key: does it once for its key; nil as often as asked.
    public func submit(
        _ digest: TransactionDigest, bytes: [UInt8]?, signature: String, of owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>? = nil
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction> {
        guard terms != nil else { throw .notConfigured }
        let named: JSONObject = ["digest": .string(digest.description)]
        return try await once(key) { () async throws(WalletError) in
            try await auditing(.walletTransactionSubmitted, of: owner, named) {
                () async throws(WalletError) in
                try await submitted(digest, bytes, signature, of: owner)
            }
        } write: {
            $1
        }
    }

    private func submitted(
        _ digest: TransactionDigest, _ bytes: [UInt8]?, _ text: String, of owner: WalletOwner
    ) async throws(WalletError) -> WalletTransaction {
        let known = try await find(digest, of: owner)
        guard !known.bytes.isEmpty else { throw .transactionUnknown }
        guard bytes == known.bytes else { throw .altered }
        let signature = try await checked(text, over: known.bytes, by: owner)
        switch known.state {
        case .executed, .failed, .confirmed: return known
        case .expired: throw .expired
        case .built, .watched, .submitted: break
        }
        let hasExpired = try await stored { () throws(StorageError) in
            try await database.isPast(known.lastEpoch)
        }
        if known.state == .built, hasExpired { throw .expired }
        let marked = try await stored { () throws(StorageError) in
            // Durable before it goes out: a lost answer must not lose the bytes' signature.
            try await database.transaction { transaction throws(StorageError) in
                try await transaction.markSubmitted(
                    known, of: owner, signature: signature, at: surroundings.now())
            }
        }
        guard marked else { throw .accountExists(try await primaryAccount(of: owner)) }
        let sent = try await signed(digest, of: owner.customer)
        guard let sent else { throw .transactionUnknown }
        await send(digest, sent, of: owner)
        return try await find(digest, of: owner)
    }

    private func primaryAccount(of owner: WalletOwner) async throws(WalletError) -> AccountID? {
        try await stored { () throws(StorageError) in
            try await database.walletAccount(of: owner.address)?.account.mirror.id
        }
    }

    /// Looks for a transaction that the wallet has sent by itself. What a browser says is a hint of
    /// where to look, and nothing more.
    public func watch(
        _ digest: TransactionDigest, of owner: WalletOwner,
        under key: KeyedRequest<WalletTransaction>? = nil
    ) async throws(WalletError) -> KeyedOutcome<WalletTransaction> {
        guard terms != nil else { throw .notConfigured }
        return try await once(key) { () async throws(WalletError) in
            try await watched(digest, of: owner)
        } write: {
            $1
        }
    }

    private func watched(
        _ digest: TransactionDigest, of owner: WalletOwner
    ) async throws(WalletError) -> WalletTransaction {
        let isTaken = try await stored { () throws(StorageError) in
            try await database.watch(
                digest, of: owner, limit: Self.watchLimit, at: surroundings.now())
        }
        guard isTaken else { throw .tooManyWatched(limit: Self.watchLimit) }
        return try await look(at: try await find(digest, of: owner), of: owner)
    }

    /// One transaction, after a node was asked about it where that is worth while.
    public func transaction(
        _ digest: TransactionDigest, of owner: WalletOwner
    ) async throws(WalletError) -> (WalletTransaction?, [WalletMovement]) {
        guard terms != nil else { throw .notConfigured }
        let (known, movements) = try await stored { () throws(StorageError) in
            (
                try await database.walletTransaction(digest, of: owner),
                try await database.movements(in: digest, of: owner.address)
            )
        }
        guard let known else {
            guard !movements.isEmpty else { throw .transactionUnknown }
            return (nil, movements)
        }
        return (try await look(at: known, of: owner), movements)
    }

    /// Newest first: what was booked for accounts of this wallet, and what is on its way.
    ///
    /// - Parameter before: time and place of the last one seen.
    public func movements(
        of owner: WalletOwner, before: (at: Timestamp, place: [UInt8])?, limit: Int
    ) async throws(WalletError) -> [WalletMovement] {
        guard terms != nil else { throw .notConfigured }
        return try await stored { () throws(StorageError) in
            try await database.movements(of: owner, before: before, limit: limit)
        }
    }

    private func find(
        _ digest: TransactionDigest, of owner: WalletOwner
    ) async throws(WalletError) -> WalletTransaction {
        let known = try await stored { () throws(StorageError) in
            try await database.walletTransaction(digest, of: owner)
        }
        guard let known else { throw .transactionUnknown }
        return known
    }

    /// - Returns: the signature's bytes.
    private func checked(
        _ text: String, over bytes: [UInt8], by owner: WalletOwner
    ) async throws(WalletError) -> [UInt8] {
        do throws(SuiSignatureError) {
            let signature = try SuiSignature.parse(base64: text)
            if try signature.verify(.transaction(bytes), by: owner.address) == .valid {
                return signature.serialized(text)
            }
        } catch {
            throw error.isMalformed
                ? .signatureMalformed(reason: error.reason)
                : .signatureInvalid(reason: error.reason)
        }
        switch await verdict(bytes, text, owner.address, owner.traceparent) {
        case true?: return SuiSignature.bytes(of: text)
        case false?: throw .signatureInvalid(reason: "refused_by_node")
        case nil: throw .verifierUnavailable
        }
    }

    /// Asks before it sends again: silence is no outcome, and neither is a refusal.
    private func look(
        at known: WalletTransaction, of owner: WalletOwner
    ) async throws(WalletError) -> WalletTransaction {
        guard known.state.isOpen else { return known }
        let node = node.tracing(owner.traceparent)
        let found: NodeTransaction?
        do {
            found = try await node.transactions([known.digest])[known.digest]
        } catch {
            return known
        }
        if let found {
            await record(found, of: owner.customer)
        } else if try await isPast(known) {
            await note(known.digest, .expired, nil, of: owner.customer)
        } else if let signed = try await signed(known.digest, of: owner.customer) {
            await send(known.digest, signed, of: owner)
        }
        return try await find(known.digest, of: owner)
    }

    private func isPast(_ known: WalletTransaction) async throws(WalletError) -> Bool {
        try await stored { () throws(StorageError) in
            try await database.isPast(known.lastEpoch)
        }
    }

    private func signed(
        _ digest: TransactionDigest, of customer: CustomerID
    ) async throws(WalletError) -> SignedWalletTransaction? {
        try await stored { () throws(StorageError) in
            try await database.signedWalletTransaction(digest, of: customer)
        }
    }

    /// Whatever comes of it, the row says so, or stays as it is.
    private func send(
        _ digest: TransactionDigest, _ signed: SignedWalletTransaction, of owner: WalletOwner
    ) async {
        let node = node.tracing(owner.traceparent)
        do throws(SuiNodeError) {
            let done = try await node.execute(signed.bytes, signatures: [signed.signature])
            guard done.digest == digest else {
                logger.error("a node answered with another digest than was sent")
                return
            }
            await record(done, of: owner.customer)
        } catch {
            let words: String
            switch error {
            case .refused(let text): words = "a node would not run it: \(text)"
            case .unavailable, .wrongChain, .historyPruned, .notIndexed:
                words = "no node answered; it may have run"
            }
            await note(digest, .submitted, words, of: owner.customer)
        }
    }

    private func record(_ done: NodeTransaction, of customer: CustomerID) async {
        switch done.status {
        case .success: await note(done.digest, .executed, nil, of: customer)
        case .failure(let failure):
            let abort = failure.abortCode.flatMap(EscrowAbort.init)
            await note(done.digest, .failed, abort?.words ?? failure.message, of: customer)
        }
    }

    private func note(
        _ digest: TransactionDigest, _ state: WalletTransaction.State, _ words: String?,
        of customer: CustomerID
    ) async {
        do {
            try await database.note(state, words, about: digest, of: customer)
        } catch {
            logger.warning(
                "what became of a wallet's transaction is not written",
                ("digest", .text("\(digest)")), ("why", .text("\(error)")))
        }
    }
}

extension SuiSignature {
    /// - Parameter text: what this was read from.
    fileprivate func serialized(_ text: String) -> [UInt8] { Self.bytes(of: text) }

    /// - Parameter text: Base64 that ``parse(base64:)`` has taken.
    fileprivate static func bytes(of text: String) -> [UInt8] {
        (try? Base64.decode(text)) ?? []
    }
}
