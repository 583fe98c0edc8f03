/// A service that customers can use; the word in paths, log lines and HAProxy's maps.
public enum ServiceType: String, CaseIterable, Comparable, Sendable {
    case seal, grpc, graphql

    public static func < (left: ServiceType, right: ServiceType) -> Bool {
        left.rawValue < right.rawValue
    }
}
