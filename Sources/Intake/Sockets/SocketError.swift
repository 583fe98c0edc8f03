/// Why a place cannot be listened to.
public struct SocketError: Error, Hashable, Sendable, CustomStringConvertible {
    public let address: ListenAddress
    public let errorNumber: Int32

    public var description: String { "cannot listen at \(address) (errno \(errorNumber))" }
}
