import Determinism
import Observability
import Storage
import SuiProtocol

extension ChargeEngine {
    /// What came of sending. None of it is an outcome.
    enum Delivery: Sendable {
        case ran(NodeTransaction.Status)
        case silent
        case refused(String)
    }

    func send(_ digest: TransactionDigest, _ signed: SignedBatch?, asksFirst: Bool) {
        send(digest, bytes: signed?.bytes, signature: signed?.signature, asksFirst: asksFirst)
    }

    /// - Parameter bytes: as stored; read from the database where nil.
    func send(
        _ digest: TransactionDigest, bytes: [UInt8]?, signature: [UInt8]?, asksFirst: Bool
    ) {
        let tries =
            switch core.memory.sends[digest] {
            case .underWay(let tries), .silent(let tries, _), .refused(let tries, _): tries
            case .answered, nil: 0
            }
        core.memory.sends[digest] = .underWay(tries: tries + 1)
        deliveries[digest] = Task { [node, database] in
            let delivery = await Self.deliver(
                digest, bytes: bytes, signature: signature, asksFirst: asksFirst, to: node,
                database)
            note(delivery, of: digest, tries: tries + 1)
        }
    }

    private static func deliver(
        _ digest: TransactionDigest, bytes: [UInt8]?, signature: [UInt8]?, asksFirst: Bool,
        to node: any SuiNode, _ database: Database
    ) async -> Delivery {
        do {
            if asksFirst, let known = try await node.transactions([digest])[digest] {
                return .ran(known.status)
            }
            var stored: SignedBytesRow?
            if bytes == nil { stored = try await database.signedBytes(of: digest) }
            guard let bytes = bytes ?? stored?.bytes,
                let signature = signature ?? stored?.signature
            else { return .silent }
            FailPoint.reached("engine.before_send")
            let done = try await node.execute(bytes, signatures: [signature])
            FailPoint.reached("engine.after_send")
            return .ran(done.status)
        } catch SuiNodeError.refused(let words) {
            return .refused(words)
        } catch {
            return .silent
        }
    }

    private func note(_ delivery: Delivery, of digest: TransactionDigest, tries: Int) {
        deliveries[digest] = nil
        #if FAIL_POINTS
            misuse(delivery, of: digest)
        #endif
        let now = surroundings.now()
        switch delivery {
        case .ran(let status):
            metrics.sent(status == .success ? "ran" : "failed")
            core.memory.sends[digest] = .answered(
                askAgainAt: now.adding(milliseconds: settings.confirmMilliseconds))
            if case .failure(let failure) = status {
                logger.warning(
                    "a transaction failed", ("digest", .text("\(digest)")),
                    ("reason", .text(failure.message)))
            }
        case .silent:
            metrics.sent("silent")
            let rest = settings.silentMilliseconds(after: tries)
            core.memory.sends[digest] = .silent(
                tries: tries, dueAt: now.adding(milliseconds: rest))
        case .refused(let words):
            metrics.sent("refused")
            let rest = min(30_000, settings.refusedMilliseconds << min(tries - 1, 6))
            core.memory.sends[digest] = .refused(
                tries: tries, dueAt: now.adding(milliseconds: rest))
            logger.warning(
                "a node refuses a transaction", ("digest", .text("\(digest)")),
                ("reason", .text(words)))
        }
    }
}
