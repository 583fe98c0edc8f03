import Testing

/// Where the tests begin: with a file of this name SwiftPM does not look for XCTest's cases, which
/// takes an index of all sources. The call is the one that swift-testing's documentation names for
/// other build systems (`Documentation/CMake.md`).
@main struct TestRunner {
    static func main() async {
        await Testing.__swiftPMEntryPoint() as Never
    }
}
