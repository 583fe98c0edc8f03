/// A small chart as inline SVG, drawn without script and read aloud by its title.
enum BarChart {
    private static let height = 96
    private static let barWidth = 12
    private static let gap = 3

    static func svg(_ chart: PageChart) -> HTML {
        guard !chart.bars.isEmpty else { return "<p class=\"empty\">Nothing yet.</p>" }
        let highest = max(1, chart.bars.map(\.value).max() ?? 1)
        let width = chart.bars.count * (barWidth + gap)
        let bars = chart.bars.enumerated().map { place, bar -> HTML in
            // Whatever is not zero can be seen.
            let tall = bar.value > 0 ? max(2, share(of: height, bar.value, highest)) : 0
            return """
                <g><rect x="\(place * (barWidth + gap))" y="0" width="\(barWidth)"
                height="\(height)" class="space"/><rect x="\(place * (barWidth + gap))"
                y="\(height - tall)" width="\(barWidth)" height="\(tall)"
                class="\(html: bar.isBad ? "bad" : "bar")"/>
                <title>\(bar.label): \(PageText.grouped(bar.value)) \(chart.unit)</title></g>
                """
        }
        let first = chart.bars.first?.label ?? ""
        let last = chart.bars.last?.label ?? ""
        return """
            <figure><svg viewBox="0 0 \(width) \(height)" height="\(height)"
            preserveAspectRatio="none" role="img" aria-label="\(chart.title)">\(html: HTML(joining: bars))</svg>
            <figcaption><span>\(first)</span><span>highest: \(PageText.grouped(highest))
            \(chart.unit)</span><span>\(last)</span></figcaption></figure>
            """
    }

    /// `value / highest` of it, rounded down; the product may need more than 64 bits.
    private static func share(of height: Int, _ value: Int64, _ highest: Int64) -> Int {
        guard value < highest else { return height }
        return Int(highest.dividingFullWidth(value.multipliedFullWidth(by: Int64(height))).quotient)
    }
}
