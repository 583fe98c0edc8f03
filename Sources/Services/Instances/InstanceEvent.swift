/// What can happen to an instance.
public enum InstanceEvent: Hashable, Sendable {
    /// A configuration is chosen.
    case configure
    case enable
    /// By its customer.
    case disable
    case suspend(SuspensionCause)
    case resume
    case operatorSuspends
    /// The customer enables it again; days that are paid for cost nothing then.
    case operatorLifts
}
