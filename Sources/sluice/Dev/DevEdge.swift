import ByteCodecs
import Cryptography
import Determinism
import Glibc

/// What a development stack tells a HAProxy of, and where: the vaults that the manager writes, and
/// the edge that the intake keeps at them. HAProxy itself is started by whoever wants one.
struct DevEdge: Sendable {
    static let name = "edge-1"
    static let keyFile = "vault.key"
    private static let vaultFolder = "vaults"
    private static let edgeFolder = "edge"

    /// Of the key that signs vaults.
    let keyPath: String
    /// The vaults that the manager writes.
    let directory: String
    /// What the edge has.
    let edge: String
    /// Hex digits of what vaults are checked with.
    let publicKey: String

    /// The link that HAProxy reads through.
    var vault: String { edge + "/current" }
    var socket: String { edge + "/haproxy.sock" }
    var master: String { edge + "/master.sock" }

    /// Uses the key of an earlier start, or makes and writes a new one.
    init(_ state: StateDirectory, _ surroundings: Surroundings) throws(DevError) {
        if state.text(Self.keyFile) == nil {
            try state.write(Hex.encode(surroundings.randomBytes(32)) + "\n", to: Self.keyFile)
        }
        let keyPath = state.file(Self.keyFile)
        do throws(ConfigurationRefusal) {
            self.init(
                keyPath: keyPath, directory: state.file(Self.vaultFolder),
                edge: state.file(Self.edgeFolder),
                publicKey: Hex.encode(try VaultSigningKey.load(keyPath).publicKey))
        } catch {
            throw DevError("\(keyPath) cannot be used: \(error)")
        }
    }

    init(keyPath: String, directory: String, edge: String, publicKey: String) {
        self.keyPath = keyPath
        self.directory = directory
        self.edge = edge
        self.publicKey = publicKey
    }

    /// Both are of one database: another one begins to number its vaults anew.
    func discard() throws(DevError) { try FolderRemoval.removeAll([directory, edge]) }

    func prepare() throws(DevError) {
        for folder in [directory, edge] {
            guard mkdir(folder, 0o711) == 0 || errno == EEXIST else {
                throw DevError("the folder \(folder) cannot be made: \(StateDirectory.reason)")
            }
        }
    }

    var variables: [(ConfigurationVariable, String)] {
        [
            (.vaultDirectory, directory), (.vaultKeyFile, keyPath), (.edge, Self.name),
            (.vaultSource, directory), (.edgeVault, vault), (.edgeSocket, socket),
            (.edgeMaster, master), (.vaultPublicKey, publicKey),
        ]
    }
}
