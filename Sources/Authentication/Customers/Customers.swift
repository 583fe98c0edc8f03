import Audit
import Determinism
public import Identifiers
import Storage

/// Why a customer's profile could not be read or changed.
public enum CustomerError: Error, Equatable, Sendable {
    case unknown
    case closed
    /// 1 to 64 characters, none of them a control character.
    case displayNameInvalid
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

    /// - Parameter displayName: nil takes the name away.
    public func rename(
        _ id: CustomerID, to displayName: String?, caller: CallerContext
    ) async throws(CustomerError) -> Customer {
        if let displayName, !Self.isDisplayName(displayName) { throw .displayNameInvalid }
        let record = AuditRecord(action: .customerRenamed, outcome: .success, caller: caller)
        let renamed: Customer?
        do {
            renamed = try await database.renameCustomer(
                id, to: displayName,
                audit: record.insertion(at: surroundings.now(), selecting: .renamedCustomer))
        } catch {
            throw .storageUnavailable
        }
        if let renamed { return renamed }
        throw try await find(id).status == .closed ? .closed : .unknown
    }

    /// Counted as the database counts: in code points.
    static func isDisplayName(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        return (1...64).contains(scalars.count)
            && !scalars.contains { $0.properties.generalCategory == .control }
    }
}
