import Determinism

/// What a ``VaultApplier`` remembers from one look to the next.
struct VaultApplierRound: ~Copyable {
    private let settings: VaultApplier.Settings
    private let folder: VaultFolder
    private var installer: VaultInstaller?
    private var masterSeen = Deadline.now
    /// The last version that all processes had; 0 for none.
    private(set) var applied: Int64 = 0
    private(set) var appliedAt: Timestamp?
    /// Whether there is more to do at once.
    private(set) var isBehind = false

    init(_ settings: VaultApplier.Settings) {
        self.settings = settings
        folder = VaultFolder(current: settings.vault)
    }

    /// Files first, then processes.
    ///
    /// - Returns: how the edge stands, and how many processes were changed; nil where another
    ///   process sees to all of it.
    mutating func run(_ surroundings: Surroundings) -> (VaultEdgeReport.Standing, Int)? {
        let refusal = install(surroundings)
        if refusal == VaultRefusal.folderInUse.code { return nil }
        guard let changes = installer?.changes, let since = installer?.installed?.since else {
            return (.refused(refusal ?? VaultRefusal.fileMissing("").code), 0)
        }
        let (failure, changed) = tell(changes, since: since)
        if let failure {
            return (failure, changed)
        }
        if applied != changes.version || appliedAt == nil {
            (applied, appliedAt) = (changes.version, surroundings.now())
        }
        return (refusal.map { .refused($0) } ?? .applied, changed)
    }

    // MARK: - Files

    /// - Returns: why nothing new was taken.
    private mutating func install(_ surroundings: Surroundings) -> String? {
        do throws(VaultRefusal) {
            if installer == nil {
                installer = try VaultInstaller(
                    from: settings.source, to: folder, publicKey: settings.publicKey, surroundings)
            }
            _ = try installer?.look()
            isBehind = installer?.isBehind ?? false
            return nil
        } catch {
            isBehind = false
            return error.code
        }
    }

    // MARK: - Processes

    private mutating func tell(
        _ changes: VaultChanges, since: Int64
    ) -> (VaultEdgeReport.Standing?, Int) {
        var (failure, changed): (VaultEdgeReport.Standing?, Int) = (nil, 0)
        let (processes, masterFailure) = processes()
        for process in processes {
            do throws(VaultApplyFailure) {
                let maps = HAProxyMaps(process, vault: settings.vault)
                let folder = folder
                if try maps.bring(
                    to: changes, since: since,
                    keys: { () throws(VaultRefusal) in
                        try Self.keys(in: folder)
                    })
                {
                    changed += 1
                }
            } catch .haproxy(.gone) where process.process != nil {
                continue  // It has nothing to serve any more.
            } catch {
                failure = .failed(error.code)
            }
        }
        return (failure ?? masterFailure, changed)
    }

    /// The one that listens now, and all that the master knows of.
    private mutating func processes() -> ([HAProxySocket], VaultEdgeReport.Standing?) {
        let current = HAProxySocket(path: settings.socket, process: nil)
        guard let master = settings.master else {
            // Those that a reload replaced may serve what has ended, and nobody can ask them.
            return ([current], .failed("haproxy_master_unset"))
        }
        do throws(HAProxyFailure) {
            let numbers = try HAProxySocket(path: master, process: nil).processes()
            masterSeen = .now
            return ([current] + numbers.map { HAProxySocket(path: master, process: $0) }, nil)
        } catch {
            // While it reads its configuration anew nobody listens there.
            let isLong = masterSeen.adding(milliseconds: settings.masterMilliseconds).isPast
            return ([current], isLong ? .failed("haproxy_master_unreachable") : .applying)
        }
    }

    private static func keys(in folder: VaultFolder) throws(VaultRefusal) -> [UInt8] {
        guard let inForce = try folder.inForce else { throw .fileMissing(VaultFiles.map) }
        return try VaultSet.read(VaultFiles.map, in: inForce, upTo: VaultSet.maximumCount)
    }
}
