import Testing

@testable import Idempotency

@Suite struct KeysAtWorkTests {
    @Test("a key at work is at work with any body, until it ends; others are not")
    func atWork() {
        let keys = KeysAtWork()
        #expect(keys.begin(KeyWorld.key()))
        #expect(!keys.begin(KeyWorld.key()))
        #expect(!keys.begin(KeyWorld.key(body: 2)))
        for other in [
            KeyWorld.key("k2"), KeyWorld.key(caller: "customer/2"), KeyWorld.key(route: "POST /x"),
        ] {
            #expect(keys.begin(other))
        }
        keys.end(KeyWorld.key(body: 2))
        #expect(keys.begin(KeyWorld.key()))
    }
}
