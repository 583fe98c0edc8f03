import SuiProtocol

extension TypeTag {
    /// `0x2::sui::SUI`.
    static let sui = TypeTag.structure(StructTag(.framework, "sui", "SUI"))
}

extension StructTag {
    /// `0x2::coin::Coin<T>`.
    static func coin(of type: TypeTag) -> StructTag {
        StructTag(.framework, "coin", "Coin", [type])
    }

    var isCoin: Bool { package == .framework && module == "coin" && name == "Coin" }

    static let clock = StructTag(.framework, "clock", "Clock")
}
