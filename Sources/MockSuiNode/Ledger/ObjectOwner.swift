import ByteCodecs
public import SuiProtocol

/// Who may use an object.
public enum ObjectOwner: Sendable, Hashable {
    case address(SuiAddress)
    case shared(initialVersion: UInt64)

    /// BCS of Sui's `Owner`: 0 address, 2 shared.
    func write(to writer: inout BCSWriter) {
        switch self {
        case .address(let address):
            writer.byte(0)
            writer.value(address)
        case .shared(let version):
            writer.byte(2)
            writer.u64(version)
        }
    }
}
