import ByteCodecs
import Determinism
import Glibc
import HTTPTransport
import Observability
import SuiNodeClient
import SuiProtocol

/// `sluice verify …`.
enum VerifyCommands {
    static let specification = CommandSpecification(
        group: "verify", "Check signatures and the audit log.",
        subcommands: [message, transaction, VerifyAuditCommand.specification])

    private static let address = OptionSpecification.value(
        "--address", "A", "The address that is said to have signed, 0x and hex digits.")
    private static let messageBase64 = OptionSpecification.value(
        "--message-base64", "M", "The message's bytes in Base64.")
    private static let transactionBase64 = OptionSpecification.value(
        "--tx-base64", "T", "The transaction's BCS bytes in Base64.")
    private static let signature = OptionSpecification.value(
        "--signature", "S", "The signature as wallets give it, in Base64.")
    private static let lines = OptionSpecification.flag(
        "--jsonl", "Read one case a line from standard input and print one verdict a line.")
    private static let nodeURL = OptionSpecification.value(
        "--node-url", "URL", "A Sui node's GraphQL service (default: those of SUI_GRAPHQL_URLS).")

    private static let message = command(
        .message, "Check a signature over a personal message.", content: messageBase64)
    private static let transaction = command(
        .transaction, "Check a signature over a transaction.", content: transactionBase64)

    private static func command(
        _ kind: VerificationCase.Kind, _ summary: String, content: OptionSpecification
    ) -> CommandSpecification {
        CommandSpecification(
            kind.rawValue, summary,
            discussion: """
                Prints {"valid":true,"scheme":…,"address":…} or {"valid":false,"reason":…}. With \
                --jsonl each line is {"id","address","\(kind.contentMember)","signature_base64"} \
                and each verdict {"id","valid","reason"}. Exit status: 0 all valid, 1 one is not, \
                75 only a node can tell and none answers.
                """,
            options: [address, content, signature, lines, nodeURL, .environmentFile]
        ) { arguments in
            do throws(UsageError) {
                return try await run(arguments, kind, content)
            } catch {
                return error.report("sluice verify \(kind.rawValue)")
            }
        }
    }

    private static func run(
        _ arguments: ParsedArguments, _ kind: VerificationCase.Kind, _ content: OptionSpecification
    ) async throws(UsageError) -> ExitStatus {
        let single = [address, content, signature]
        if arguments.has(lines) {
            if let both = single.first(where: arguments.isGiven) {
                throw .excludedOption(both.name, by: lines.name)
            }
            return await judgeLines(try judge(arguments), kind)
        }
        guard let address = arguments.value(address), let content = arguments.value(content),
            let signature = arguments.value(signature)
        else {
            throw .missingOption(single.first { !arguments.isGiven($0) }?.name ?? lines.name)
        }
        let verdict = try await judge(arguments).verdict(
            VerificationCase(
                address: address, contentBase64: content, signatureBase64: signature), kind)
        show(verdict.json)
        return verdict.exitStatus
    }

    private static func judgeLines(
        _ judge: SignatureJudge, _ kind: VerificationCase.Kind
    ) async -> ExitStatus {
        var reader = LineReader(descriptor: STDIN_FILENO)
        var status = ExitStatus.done
        while let line = reader.next() {
            guard case .bytes(let bytes) = line else {
                show(Verdict.invalid(reason: "line_too_long").json(id: .null))
                status = .finding
                continue
            }
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            let (id, verdict) = await Self.verdict(bytes, judge, kind)
            show(verdict.json(id: id))
            status = status.worse(verdict.exitStatus)
        }
        return status
    }

    private static func verdict(
        _ line: [UInt8], _ judge: SignatureJudge, _ kind: VerificationCase.Kind
    ) async -> (JSONValue, Verdict) {
        guard let value = try? JSONValue.parse(line) else {
            return (.null, .invalid(reason: "json_invalid"))
        }
        let (id, found) = VerificationCase.read(value, kind)
        guard let found else { return (id, .invalid(reason: "line_invalid")) }
        return (id, await judge.verdict(found, kind))
    }

    /// The configuration is not needed for most signatures, so one that is refused only costs
    /// the node.
    private static func judge(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> SignatureJudge {
        if let url = arguments.value(nodeURL) {
            guard NodeSettings.isURL(url) else {
                throw .invalidValue(
                    option: nodeURL.name, value: url, expected: "an http:// or https:// URL")
            }
            return SignatureJudge(
                node: SuiNodes(
                    [.graphQL(url)], chain: nil, client: HTTPClient(), surroundings: .live,
                    logger: .disabled, metrics: MetricsRegistry()))
        }
        let settings = configuredNodes(arguments)
        return SignatureJudge(
            node: settings.flatMap { $0.endpoints.isEmpty ? nil : LiveParts.nodes($0) })
    }

    private static func configuredNodes(_ arguments: ParsedArguments) -> NodeSettings? {
        do throws(ConfigurationRefusal) {
            var reader = ConfigurationReader(try ConfigurationLoader.source(arguments))
            let mocks = MockSettings(&reader)
            let chain = SuiChain(rawValue: reader.text(.chain, default: SuiChain.mainnet.rawValue))
            return NodeSettings(&reader, isMocked: mocks.suiRPC, chain: chain)
        } catch {
            ConfigurationLoader.report(error)
            return nil
        }
    }

    private static func show(_ value: JSONValue) {
        Output.line(String(decoding: value.serialized(), as: UTF8.self))
    }
}
