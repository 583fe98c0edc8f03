import Determinism
public import Identifiers
public import Services

/// Why a subscription stays as it is.
public enum SubscriptionRefusal: Error, Hashable, Sendable {
    case state(IllegalInstanceChange)
    /// There is nothing to enable.
    case notConfigured
    /// While it is suspended it can only become cheaper.
    case upgradeWhileSuspended(InstanceState)
    /// What was declined settles first.
    case paymentOwed(MicroUSDC)
    case configuration(ConfigurationRefusal)
    case rating(RatingError)
    case funds(FundsRefusal)

    init(_ error: RatingError) {
        if case .configuration(let refusal) = error {
            self = .configuration(refusal)
        } else {
            self = .rating(error)
        }
    }

    static func check(
        _ body: () throws(ConfigurationRefusal) -> Void
    ) throws(SubscriptionRefusal) {
        do { try body() } catch { throw .configuration(error) }
    }

    static func version(
        at time: Timestamp, of book: PriceBook
    ) throws(SubscriptionRefusal) -> PriceVersion {
        do { return try book.inForce(at: time) } catch { throw .rating(error) }
    }
}

extension PriceVersion {
    /// Whether it can be chosen now.
    func check(
        _ configuration: ServiceConfiguration, for service: ServiceType
    ) throws(SubscriptionRefusal) {
        do { try prices(of: service).check(configuration) } catch { throw .configuration(error) }
    }

    func items(
        of configuration: ServiceConfiguration, for service: ServiceType
    ) throws(SubscriptionRefusal) -> [FeeItem] {
        do { return try prices(of: service).items(of: configuration) } catch {
            throw .configuration(error)
        }
    }
}
