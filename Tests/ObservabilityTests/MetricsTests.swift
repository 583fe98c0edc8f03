import Observability
import Testing

@Suite struct MetricsTests {
    @Test("the text is what Prometheus reads, and the same name and labels are one metric")
    func text() {
        let registry = MetricsRegistry()
        registry.counter("b_total", help: "Things.", labels: [("kind", "a\"b\\")]).increment()
        registry.counter("b_total", help: "Things.", labels: [("kind", "a\"b\\")]).increment(by: 2)
        registry.gauge("a_level", help: "Level.").set(-4)

        #expect(
            registry.text() == """
                # HELP a_level Level.
                # TYPE a_level gauge
                a_level -4
                # HELP b_total Things.
                # TYPE b_total counter
                b_total{kind="a\\"b\\\\"} 3

                """)
    }

    @Test("a histogram's buckets add up, and its sum is in seconds")
    func histogram() {
        let registry = MetricsRegistry()
        let histogram = registry.histogram("t_seconds", help: "Time.")
        histogram.observe(nanoseconds: 400_000)
        histogram.observe(nanoseconds: 2_000_000_000)
        histogram.observe(nanoseconds: 60_000_000_000)

        let lines = Set(registry.text().split(separator: "\n").map(String.init))
        #expect(lines.contains(#"t_seconds_bucket{le="0.0005"} 1"#))
        #expect(lines.contains(#"t_seconds_bucket{le="1"} 1"#))
        #expect(lines.contains(#"t_seconds_bucket{le="2.5"} 2"#))
        #expect(lines.contains(#"t_seconds_bucket{le="+Inf"} 3"#))
        #expect(lines.contains("t_seconds_sum 62.000400000"))
        #expect(lines.contains("t_seconds_count 3"))
    }
}
