/// The test's own machinery does not work; nothing is said about what is tested.
public struct TestFailure: Error, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
