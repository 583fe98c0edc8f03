/// Why a server did not start.
public enum HTTPServerError: Error, Hashable, Sendable {
    /// The address is taken or not ours, or the port needs rights that we lack.
    case bindFailed(address: String, port: UInt16, errorNumber: Int32)
    /// No descriptor, thread or memory left.
    case resourcesExhausted(errorNumber: Int32)
    /// A server runs once; make another one.
    case alreadyStarted
}
