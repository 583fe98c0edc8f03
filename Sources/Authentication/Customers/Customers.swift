import Audit
import Determinism
public import Idempotency
public import Identifiers
import Storage

/// Why a customer's profile could not be read or changed.
public enum CustomerError: Error, Equatable, Sendable {
    case unknown
    case closed
    /// 1 to 64 characters, not all blank, none a control or bidirectional control character.
    case displayNameInvalid
    case keyRefused(KeyRefusal)
    case storageUnavailable
}

/// Profiles: the little that we know of somebody who has a wallet and nothing else.
public final class Customers: Sendable {
    private let database: Database
    private let surroundings: Surroundings

    init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    public func find(_ id: CustomerID) async throws(CustomerError) -> Customer {
        let found: Customer?
        do {
            found = try await database.customer(id)
        } catch {
            throw .storageUnavailable
        }
        guard let found else { throw .unknown }
        return found
    }

    /// - Parameters:
    ///   - displayName: nil takes the name away.
    ///   - request: does it once for its key; nil as often as asked.
    public func rename(
        _ id: CustomerID, to displayName: String?, caller: CallerContext,
        under request: KeyedRequest<Customer>? = nil
    ) async throws(CustomerError) -> KeyedOutcome<Customer> {
        if let displayName, !Self.isDisplayName(displayName) { throw .displayNameInvalid }
        let now = surroundings.now()
        let audit = AuditRecord(action: .customerRenamed, outcome: .success, caller: caller)
            .insertion(at: now, selecting: .renamedCustomer)
        let outcome: Result<KeyedOutcome<Customer>?, KeyRefusal>
        do {
            if let request {
                outcome = try await database.once(request, at: now) {
                    transaction throws(StorageError) in
                    try await transaction.renameCustomer(id, to: displayName, audit: audit)
                }
            } else {
                let renamed = try await database.renameCustomer(
                    id, to: displayName, audit: audit)
                outcome = .success(renamed.map { .done($0) })
            }
        } catch {
            throw .storageUnavailable
        }
        switch outcome {
        case .success(let done?): return done
        case .success(nil): throw try await find(id).status == .closed ? .closed : .unknown
        case .failure(let refusal): throw .keyRefused(refusal)
        }
    }

    /// Counted as the database counts: in code points.
    static func isDisplayName(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        return (1...64).contains(scalars.count)
            && !scalars.contains {
                $0.properties.generalCategory == .control || $0.properties.isBidiControl
            }
            && !scalars.allSatisfy(isBlank)
    }

    /// Braille's blank is the one that Unicode counts as neither space nor ignorable.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
            || scalar == "\u{2800}"
    }
}
