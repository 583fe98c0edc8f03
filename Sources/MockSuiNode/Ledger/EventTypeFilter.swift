import SuiProtocol

/// Types by package, module, name or whole, as filters of nodes name them.
enum EventTypeFilter {
    case package(SuiAddress)
    case module(SuiAddress, MoveIdentifier)
    /// With whatever type arguments.
    case name(SuiAddress, MoveIdentifier, MoveIdentifier)
    case exact(StructTag)

    /// - Returns: nil when the text is no such filter.
    init?(_ text: String) {
        if let tag = try? StructTag(parsing: text) {
            self =
                tag.typeArguments.isEmpty
                ? .name(tag.package, tag.module, tag.name) : .exact(tag)
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let package = try? SuiAddress(parsing: String(parts[0])) else { return nil }
        switch parts.count {
        case 1: self = .package(package)
        case 3 where parts[1].isEmpty:
            guard let module = try? MoveIdentifier(parts[2]) else { return nil }
            self = .module(package, module)
        default: return nil
        }
    }

    func matches(_ type: StructTag) -> Bool {
        switch self {
        case .package(let package): type.package == package
        case .module(let package, let module): type.package == package && type.module == module
        case .name(let package, let module, let name):
            type.package == package && type.module == module && type.name == name
        case .exact(let tag): type == tag
        }
    }
}
