/// The members of a JSON object in their order, no name twice.
///
/// Names are compared byte by byte, unlike Swift's strings: two spellings of `é` are two names.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    public struct Member: Sendable, Equatable {
        public let name: String
        public fileprivate(set) var value: JSONValue
    }

    public private(set) var members: [Member] = []

    public init() {}

    /// A name given twice keeps its first place and its last value.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (name, value) in members { self[name] = value }
    }

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }

    /// - Precondition: no name stands there twice.
    init(unique members: [Member]) {
        self.members = members
    }

    public var count: Int { members.count }

    /// Nil when there is no such member; setting nil removes it. A member that is null is there.
    public subscript(name: String) -> JSONValue? {
        get { index(of: name).map { members[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    func index(of name: String) -> Int? {
        members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
