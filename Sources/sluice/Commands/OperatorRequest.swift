import Determinism
import Identifiers
import Manager
import Storage

/// How a command asks for what an operator has to answer for: as the dashboard does, under the
/// operator's name, and above `SLUICE_APPROVAL_ABOVE` only with another one's approval.
enum OperatorRequest {
    private static let reason = OptionSpecification.required(
        "--reason", "TEXT", "Why, for the record: 1 to 500 characters on one line.")
    private static let secretFile = OptionSpecification.required(
        "--secret-file", "FILE",
        "A file, readable by its owner alone, with your secret as an operator.",
        advice: "name the file with your secret as an operator, which "
            + "'sluice keys operator add --name NAME' shows once")
    private static let number = OptionSpecification.value(
        "--request", "ID", "The request's number, to ask again: under one number it is done once.")

    static let options = [reason, secretFile, number, OptionSpecification.environmentFile]
    /// For what can only be as it is asked for, or refused: no number is needed to ask again.
    static let numberless = [reason, secretFile, OptionSpecification.environmentFile]

    static let discussion = """
        You are who the secret says ('sluice keys operator add'), and on record by that name. Above \
        SLUICE_APPROVAL_ABOVE nothing is done before another operator approves it at the dashboard.

        Exit status: 0 done, or waiting for approval, 1 refused, 75 the database is away: ask again \
        with --request and the number that is shown.
        """

    static func run(
        _ command: String, _ arguments: ParsedArguments, _ wish: OperatorRequests.Wish
    ) async -> ExitStatus {
        let text = arguments.value(number)
        guard let request = text.map({ UUIDv7($0) }) ?? UUIDv7(from: .live) else {
            return UsageError.invalidValue(
                option: number.name, value: text ?? "", expected: "a request's number"
            ).report(command)
        }
        let status = await ask(command, arguments) {
            requests, reason, secret throws(StorageError) in
            try await requests.ask(wish, because: reason, number: request, secret: secret)
        }
        if status == .tryAgain { Output.error("\(command): it may be done; --request \(request)") }
        return status
    }

    /// - Parameter body: asks, with the reason and the operator's secret.
    static func ask(
        _ command: String, _ arguments: ParsedArguments,
        _ body: (OperatorRequests, String, String) async throws(StorageError)
            -> OperatorRequests.Answer
    ) async -> ExitStatus {
        let secret: String
        let limit: MicroUSDC
        do throws(ConfigurationRefusal) {
            (secret, limit) = try settings(arguments)
        } catch {
            ConfigurationLoader.report(error)
            return .finding
        }
        return await CommandDatabase.run(command, arguments) { database throws(StorageError) in
            let requests = OperatorRequests(
                database: database, surroundings: .live, above: limit)
            return tell(
                try await body(requests, arguments.value(reason) ?? "", secret), command)
        }
    }

    private static func settings(
        _ arguments: ParsedArguments
    ) throws(ConfigurationRefusal) -> (secret: String, limit: MicroUSDC) {
        var reader = ConfigurationReader(try ConfigurationLoader.source(arguments))
        let limit = ManagerSettings.approvalAbove(&reader)
        guard reader.problems.isEmpty else {
            throw ConfigurationRefusal(problems: reader.problems)
        }
        let bytes = try PrivateFile.read(
            arguments.value(secretFile) ?? "", subject: secretFile.name)
        let secret = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        return (secret, limit)
    }

    private static func tell(
        _ answer: OperatorRequests.Answer, _ command: String
    ) -> ExitStatus {
        switch answer {
        case .done(let words), .waits(let words):
            Output.line(words)
            return .done
        case .refused(let code, let words):
            Output.error("\(command): \(words) (\(code))")
            return code == "field_invalid" ? .usage : .finding
        case .stranger:
            Output.error("\(command): the secret is no operator's")
            return .finding
        }
    }
}
