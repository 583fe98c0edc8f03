/// The inputs of a transaction in the making: each value and each object once.
struct InputTable {
    private(set) var inputs: [TransactionInput] = []
    private var pureValues: [[UInt8]: UInt16] = [:]
    private var objects: [ObjectID: UInt16] = [:]

    var objectCount: Int { objects.count }

    mutating func pure(_ bytes: [UInt8]) throws(TransactionBuildError) -> TransactionArgument {
        let limit = TransactionLimits.pureBytes
        guard bytes.count <= limit else {
            throw .tooMany(.pureBytes, limit: limit, actual: bytes.count)
        }
        if let index = pureValues[bytes] { return .input(index) }
        let index = try append(.pure(bytes))
        pureValues[bytes] = index
        return .input(index)
    }

    /// A shared object that one command reads and another changes is taken in as mutable.
    mutating func object(
        _ object: ObjectInput
    ) throws(TransactionBuildError) -> TransactionArgument {
        guard let index = objects[object.id] else {
            let limit = TransactionLimits.objects
            guard objects.count < limit else {
                throw .tooMany(.objects, limit: limit, actual: limit + 1)
            }
            let index = try append(.object(object))
            objects[object.id] = index
            return .input(index)
        }
        guard case .object(let known) = inputs[Int(index)],
            let both = Self.joined(known, object)
        else { throw .conflictingObject(object.id) }
        inputs[Int(index)] = .object(both)
        return .input(index)
    }

    /// Never joined with an equal one: each takes its amount.
    mutating func funds(
        _ withdrawal: FundsWithdrawal
    ) throws(TransactionBuildError) -> TransactionArgument {
        .input(try append(.funds(withdrawal)))
    }

    func holds(_ id: ObjectID) -> Bool { objects[id] != nil }

    private static func joined(_ known: ObjectInput, _ other: ObjectInput) -> ObjectInput? {
        if case .shared(let left, let mutability) = known,
            case .shared(let right, let otherMutability) = other
        {
            return left == right ? .shared(left, max(mutability, otherMutability)) : nil
        }
        return known == other ? known : nil
    }

    private mutating func append(
        _ input: TransactionInput
    ) throws(TransactionBuildError) -> UInt16 {
        guard let index = UInt16(exactly: inputs.count) else {
            throw .tooMany(.inputs, limit: Int(UInt16.max) + 1, actual: inputs.count + 1)
        }
        inputs.append(input)
        return index
    }
}
