import SuiProtocol

/// Objects of one type that an address owns.
struct OwnedKey: Hashable {
    let owner: SuiAddress
    let type: StructTag
}
