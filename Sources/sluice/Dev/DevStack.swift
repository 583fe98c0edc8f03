import Authentication
import ByteCodecs
import Determinism
import Glibc
import Intake

/// Everything that `sluice dev` runs, from the empty directory to the last child's end. Used on
/// one thread only.
final class DevStack {
    private static let environmentFile = "sluice.env"
    private static let serviceKeyFile = "service-key.json"
    private static let databasePortFile = "database-port"
    private static let readyMilliseconds = 200
    private static let nodeReadyMilliseconds: Int64 = 60_000
    /// A child that ends this often before all was ever ready will not become ready.
    private static let hopelessEnds = 5

    private let options: DevOptions
    private let state: StateDirectory
    private let cluster: PrivateCluster
    private let gatewayPort: UInt16
    private let managerPort: UInt16
    private let probe: ReadyProbe
    private let intake: DevIntake
    private let intakeProbe: ReadyProbe
    /// Made-up traffic, where MOCK_HAPROXY is on.
    private var traffic: MockTrafficSender?
    private let edge: DevEdge
    /// Nil where no manager runs.
    private let managerProbe: ReadyProbe?
    private let secrets: DevSecrets
    /// What we were started with; children see ``bareEnvironment``.
    private let inherited: [String: String]
    /// Nil where nodes of another network are configured.
    private let node: DevNode?
    /// What children see of our environment.
    private let bareEnvironment: [String: String]
    private let executable: String
    private let hadSecrets: Bool
    private var warnings: [String] = []
    private var children: [SupervisedChild] = []
    private var serviceKey: JSONValue = .null
    /// The process ids that `ready.json` shows; nil until it was written.
    private var announced: [pid_t]?
    private var endsBeforeReady = 0
    private var lastEnded: String?

    static func run(_ options: DevOptions) -> ExitStatus {
        do {
            let stack = try DevStack(options)
            defer { stack.stop() }
            return try stack.startAndSupervise()
        } catch {
            Output.error("sluice dev: \(error)")
            return .finding
        }
    }

    private init(_ options: DevOptions) throws(DevError) {
        self.options = options
        state = try StateDirectory(options.stateDirectory)
        state.remove(ReadyFile.name)
        inherited = ProcessEnvironment.current
        bareEnvironment = DevEnvironment.bare(inherited)
        executable = try Self.ownExecutable()
        gatewayPort = try Self.usablePort(options.gatewayPort, "--gateway-port")
        probe = ReadyProbe(port: gatewayPort)
        if options.isFresh {
            for name in [
                DevSecrets.file, DevSecrets.auditKeyFile, Self.serviceKeyFile,
                DevSecrets.chargerKeyFile, DevSecrets.chargedDatabaseFile, DevNode.journalFile,
                DevEdge.keyFile,
            ] {
                state.remove(name)
            }
        }
        hadSecrets = state.text(DevSecrets.file) != nil
        secrets = try DevSecrets(state, .live)
        edge = try DevEdge(state, .live)
        node =
            DevEnvironment.namesNodes(inherited)
            ? nil
            : try DevNode(
                port: try Self.usablePort(options.nodePort, "--node-port"), beside: executable,
                in: state, secrets)
        managerPort = try Self.usablePort(options.managerPort, "--manager-port")
        // Any one: two stacks that begin at the same moment would both find the same one free, and
        // each take the other's intake for its own.
        guard let statusPort = FreePort.choose(preferring: 0) else {
            throw DevError("127.0.0.1 has no free port")
        }
        intake = DevIntake(
            port: try Self.usablePort(options.intakePort, "--intake-port"),
            statusPort: statusPort, spool: state.file(DevIntake.spoolFolder))
        intakeProbe = ReadyProbe(port: statusPort)
        managerProbe = node == nil ? nil : ReadyProbe(port: managerPort)
        let user = try DatabaseUser.current()
        for home in FallbackHome.removeOrphans(of: user) {
            Output.line("Removed \(home), whose state directory is gone.")
        }
        cluster = PrivateCluster(
            installation: try PostgresInstallation(), user: user,
            home: try PrivateCluster.makeHome(in: state, for: user),
            port: try Self.databasePort(state), password: secrets.databasePassword,
            environment: bareEnvironment)
    }

    private func startAndSupervise() throws(DevError) -> ExitStatus {
        try prepareDatabase()
        guard try startNode() else { return .done }
        guard try startDatabase() else { return .done }
        _ = try tool(["migrate"])
        serviceKey = try knownOrNewServiceKey()
        try edge.prepare()
        if node != nil { try start(ours("manager")) }
        try start(ours("intake"))
        if MockTrafficSender.isWanted(inherited) { try startTraffic() }
        try start(ours("gateway"))
        return supervise()
    }

    /// - Returns: how dev ends: asked to, or because the gateway cannot start at all.
    private func supervise() -> ExitStatus {
        while !StopSignals.wait(milliseconds: Self.readyMilliseconds) {
            for child in children { noteEnd(of: child) }
            if announced == nil, endsBeforeReady >= Self.hopelessEnds {
                let name = lastEnded ?? "gateway"
                Output.error("sluice dev: the \(name) cannot start; see \(log(name))")
                return .finding
            }
            for child in children { child.startIfDue() }
            announceIfReady()
        }
        Output.line("Stopping.")
        return .done
    }

    // MARK: - The database

    private func prepareDatabase() throws(DevError) {
        if !cluster.home.hasPrefix(state.path + "/") {
            Output.line(
                "The database's user cannot reach \(state.path); its data is in \(cluster.home).")
        }
        try cluster.stopLeftover()
        if options.isFresh { try removeEarlierData() }
        if cluster.exists { return try refuseLostSecrets() }
        Spool.discard(path: intake.spool)  // Of another database, too.
        try edge.discard()
        Output.line("Making a database in \(cluster.home).")
        try cluster.initialize()
        for name in [
            Self.serviceKeyFile, DevSecrets.auditHeadFile, DevSecrets.chargedDatabaseFile,
        ] {
            state.remove(name)  // It was of another database.
        }
    }

    /// Earlier starts may have had the other place, when other directories were open to them.
    private func removeEarlierData() throws(DevError) {
        try cluster.remove()
        let fallback = FallbackHome(of: state.path)
        if fallback.path != cluster.home { fallback.remove(as: cluster.user) }
    }

    private func refuseLostSecrets() throws(DevError) {
        guard !hadSecrets else { return }
        state.remove(DevSecrets.file)  // Made a moment ago; the data does not know them.
        throw DevError(
            "\(state.file(DevSecrets.file)) is gone, without which the data in \(cluster.home) is "
                + "of no use; begin anew with --fresh")
    }

    /// - Returns: false when a stop was asked for meanwhile.
    private func startDatabase() throws(DevError) -> Bool {
        let child = SupervisedChild(
            name: "postgres", program: cluster.server, log: try state.openLog("postgres.log"),
            stopSignal: SIGINT)  // Fast shutdown.
        try start(child)
        let deadline = Deadline.after(milliseconds: 60_000)
        while !(child.pid.map(cluster.isReady) ?? false) {
            if StopSignals.wait(milliseconds: 20) { return false }
            noteEnd(of: child)
            child.startIfDue()
            if deadline.isPast {
                throw DevError("PostgreSQL does not start; see \(log("postgres"))")
            }
        }
        return true
    }

    // MARK: - The node

    /// Starts the simulated node, and writes down what the others must know of its chain.
    ///
    /// - Returns: false when a stop was asked for meanwhile.
    private func startNode() throws(DevError) -> Bool {
        guard let node else {
            try writeEnvironment(chain: [])
            return true
        }
        let program = node.program(bareEnvironment)
        let child = SupervisedChild(
            name: "node", program: program.dyingWithUs(by: "TERM"),
            log: try state.openLog("node.log"), stopSignal: SIGTERM)
        try start(child)
        let deadline = Deadline.after(milliseconds: Self.nodeReadyMilliseconds)
        var facts = node.facts()
        while facts == nil {
            if StopSignals.wait(milliseconds: 20) { return false }
            noteEnd(of: child)
            child.startIfDue()
            if deadline.isPast || endsBeforeReady >= Self.hopelessEnds {
                throw DevError("the simulated node does not start; see \(log("node"))")
            }
            facts = node.facts()
        }
        guard let facts else { return false }
        try node.fundCharger(facts)
        try writeEnvironment(
            chain: node.variables(facts, chargerKeyFile: state.file(DevSecrets.chargerKeyFile)))
        return true
    }

    private func writeEnvironment(
        chain: [(ConfigurationVariable, String)]
    ) throws(DevError) {
        let environment = DevEnvironment(
            inherited: inherited, secrets: secrets, databaseURL: cluster.url,
            gatewayPort: gatewayPort, managerPort: managerPort, intake: intake,
            edge: edge, auditKeyFile: state.file(DevSecrets.auditKeyFile),
            chain: chain)
        try state.write(environment.file, to: Self.environmentFile)
        warnings = environment.warnings
    }

    // MARK: - Gateway, manager and intake

    /// A part that is a subcommand of ours and runs until it is stopped.
    private func ours(_ name: String) throws(DevError) -> SupervisedChild {
        let program = ChildProgram(
            executable: executable,
            arguments: [name, "--env-file", state.file(Self.environmentFile)],
            environment: bareEnvironment)
        return SupervisedChild(
            name: name, program: program.dyingWithUs(by: "TERM"),
            log: try state.openLog("\(name).log"), stopSignal: SIGTERM)
    }

    private func startTraffic() throws(DevError) {
        do {
            traffic = try MockTrafficSender(intakePort: intake.port, databaseURL: cluster.url)
        } catch {
            throw DevError("\(error)")
        }
        traffic?.start()
    }

    private func knownOrNewServiceKey() throws(DevError) -> JSONValue {
        if let text = state.text(Self.serviceKeyFile),
            let key = try? JSONValue.parse(Array(text.utf8))
        {
            return key
        }
        let scopes = ServiceScope.allCases.map(\.rawValue).joined(separator: ",")
        let output = try tool([
            "keys", "service", "add", "--name", "dev", "--scopes", scopes, "--json",
        ])
        guard let key = try? JSONValue.parse(output) else {
            throw DevError("'sluice keys service add' printed no JSON")
        }
        try state.write(String(decoding: output, as: UTF8.self), to: Self.serviceKeyFile)
        return key
    }

    private func announceIfReady() {
        let pids = children.compactMap(\.pid)
        guard pids.count == children.count, pids != announced, probe.isReady(),
            managerProbe?.isReady() ?? true, intakeProbe.isReady(),
            node.map({ $0.facts() != nil }) ?? true
        else { return }
        let file = ReadyFile(
            gateway: "http://127.0.0.1:\(gatewayPort)",
            manager: node == nil ? nil : "http://127.0.0.1:\(managerPort)",
            intake: "tcp://127.0.0.1:\(intake.port)",
            intakeStatus: "http://127.0.0.1:\(intake.statusPort)", edge: edge, node: node?.url,
            database: cluster.url,
            environmentFile: state.file(Self.environmentFile), serviceKey: serviceKey,
            pids: children.compactMap { child in child.pid.map { (child.name, $0) } })
        do {
            try state.write(file.text, to: ReadyFile.name)
        } catch {
            Output.error("sluice dev: \(error)")
        }
        if announced == nil { welcome(file) } else { Output.line("Ready again.") }
        announced = pids
    }

    private func welcome(_ file: ReadyFile) {
        for warning in warnings { Output.line("Warning: \(warning).") }
        Output.line(
            """
            sluice is ready at \(file.gateway)
              try:   curl -s -X POST \(file.gateway)/v1/auth/challenge -H 'Content-Type: \
            application/json' -d '{}'
              read:  \(file.gateway)/docs
              node:  \(node?.description ?? "yours, as configured")
              logs:  \(log("gateway")), \(log("manager")), \(log("intake"))
              stop:  Ctrl-C
            """)
    }

    // MARK: - Children

    private func start(_ child: SupervisedChild) throws(DevError) {
        do {
            try child.start()
            children.append(child)
        } catch {
            throw DevError(error)
        }
    }

    private func noteEnd(of child: SupervisedChild) {
        guard let exit = child.reap() else { return }
        if announced == nil { endsBeforeReady += 1 }
        lastEnded = child.name
        Output.error(
            "sluice dev: the \(child.name) ended with \(exit) and starts again in 1 s; "
                + "see \(log(child.name))")
    }

    /// In the reverse order of their starts: the gateway still needs the database to drain.
    private func stop() {
        traffic?.stop()
        for child in children.reversed() { child.stop(seconds: 12) }
        state.remove(ReadyFile.name)
    }

    /// Runs one of our own commands to its end.
    private func tool(_ arguments: [String]) throws(DevError) -> [UInt8] {
        let file = ["--env-file", state.file(Self.environmentFile)]
        do {
            let program = ChildProgram(
                executable: executable, arguments: arguments + file, environment: bareEnvironment)
            return try ChildProcess.run(program.dyingWithUs(by: "TERM"), seconds: 120)
        } catch {
            throw DevError(error)
        }
    }

    private func log(_ name: String) -> String { state.file("\(name).log") }

    // MARK: - What has to be found first

    private static func ownExecutable() throws(DevError) -> String {
        guard let path = realpath("/proc/self/exe", nil) else {
            throw DevError("/proc/self/exe cannot be read: \(StateDirectory.reason)")
        }
        defer { free(path) }
        return String(cString: path)
    }

    /// A gateway of an earlier start may still be answering its last requests, for 10 s at most.
    private static func usablePort(
        _ wanted: UInt16, _ option: String
    ) throws(DevError) -> UInt16 {
        guard wanted != 0 else {
            guard let port = FreePort.choose(preferring: 0) else {
                throw DevError("127.0.0.1 has no free port")
            }
            return port
        }
        let deadline = Deadline.after(milliseconds: 11_000)
        if !FreePort.isFree(wanted) { Output.line("Port \(wanted) is in use; waiting for it.") }
        while !FreePort.isFree(wanted) {
            if deadline.isPast || StopSignals.wait(milliseconds: 200) {
                throw DevError("port \(wanted) is in use; choose another with \(option)")
            }
        }
        return wanted
    }

    /// The same port at each start where that is possible, so that a saved URL stays true.
    private static func databasePort(_ state: StateDirectory) throws(DevError) -> UInt16 {
        let last = state.text(databasePortFile).flatMap { UInt16($0.prefix { $0.isNumber }) } ?? 0
        guard let port = FreePort.choose(preferring: last) else {
            throw DevError("127.0.0.1 has no free port")
        }
        try state.write("\(port)\n", to: databasePortFile)
        return port
    }
}
