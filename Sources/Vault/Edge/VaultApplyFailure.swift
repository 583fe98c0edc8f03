/// Why a process of HAProxy does not have the version in force.
enum VaultApplyFailure: Error {
    case haproxy(HAProxyFailure)
    case refused(VaultRefusal)

    var code: String {
        switch self {
        case .haproxy(let failure): failure.code
        case .refused(let refusal): refusal.code
        }
    }
}
