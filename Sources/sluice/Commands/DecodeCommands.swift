import ByteCodecs
import Glibc
import SuiProtocol

/// `sluice decode …`.
enum DecodeCommands {
    static let specification = CommandSpecification(
        group: "decode", "Show what bytes mean.", subcommands: [transaction])

    private static let package = OptionSpecification.value(
        "--escrow-package", "ID",
        "Explain calls of this package as the escrow contract's, and of no other.")
    private static let usdc = OptionSpecification.value(
        "--usdc-type", "TYPE",
        "The type of USDC, 0x…::usdc::USDC (default: those of mainnet and testnet).")

    private static let transaction = CommandSpecification(
        "transaction", "Show a transaction as JSON, with every call in words.",
        discussion: """
            TRANSACTION is the Base64 of a transaction's BCS bytes, as a wallet is given it to \
            sign; - reads it from standard input. The JSON has the digest, which no signature \
            changes, sender, gas, expiration, inputs and commands; "words" says what each command \
            does. Amounts that the bytes do not tell are said to be unknown.

            Exit status: 0 it is a transaction, 1 it is none, and standard error says why.
            """,
        examples: ["sluice decode transaction AAACAAgB…", "sluice decode transaction - <tx.txt"],
        operand: "TRANSACTION", options: [package, usdc]
    ) { arguments in
        do throws(UsageError) {
            return try transaction(arguments)
        } catch {
            return error.report("sluice decode transaction")
        }
    }

    private static func transaction(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> ExitStatus {
        let (package, coins) = (try escrowPackage(arguments), try coins(arguments))
        guard let text = text(arguments.operand ?? "-") else {
            Output.error("sluice decode transaction: more than a transaction's Base64 was given")
            return .finding
        }
        do throws(TransactionTextError) {
            let data = try TransactionText.read(text)
            Output.line(TransactionText.described(data, escrowPackage: package, coins: coins))
            return .done
        } catch {
            Output.error("sluice decode transaction: \(error.description)")
            return .finding
        }
    }

    /// Nil when standard input holds more than a line, or too long a one.
    private static func text(_ operand: String) -> String? {
        guard operand == "-" else { return operand }
        var reader = LineReader(descriptor: STDIN_FILENO, limit: TransactionText.characterLimit)
        guard let first = reader.next() else { return "" }
        guard case .bytes(let line) = first, reader.next() == nil else { return nil }
        let end = line.lastIndex { $0 != 0x0D && $0 != 0x20 }.map { $0 + 1 } ?? 0
        return String(decoding: line[..<end], as: UTF8.self)
    }

    private static func escrowPackage(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> SuiAddress? {
        guard let text = arguments.value(package) else { return nil }
        guard let id = try? SuiAddress(parsing: text) else {
            throw .invalidValue(
                option: package.name, value: text, expected: "0x and up to 64 hex digits")
        }
        return id
    }

    private static func coins(_ arguments: ParsedArguments) throws(UsageError) -> [KnownCoin] {
        guard let text = arguments.value(usdc) else {
            return [.sui, .mainnetUSDC, .testnetUSDC]
        }
        guard let type = try? TypeTag(parsing: text) else {
            throw .invalidValue(option: usdc.name, value: text, expected: "a Move type")
        }
        return [.sui, .usdc(type)]
    }
}
