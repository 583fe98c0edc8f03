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
            let full = Double(max(0, bar.value)) / Double(highest) * Double(height)
            let tall = bar.value > 0 ? max(2, Int(full)) : 0
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
}
