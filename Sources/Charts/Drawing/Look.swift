/// How a drawing looks where no style sheet reaches it, as presentation attributes: a page is also opened where a policy forbids its
/// styles, and a drawing is also saved as a file of its own. A style sheet has the last word over them.
enum Look {
    /// The colour of the letters around: a page without its style sheet may be dark or light.
    private static let ink = "currentColor"
    private static let accent = "#1f5fa8"
    private static let warning = "#d98a1e"
    private static let bad = "#c9323f"
    /// Of series and parts, by the position in the list.
    private static let colours = ["#4c78a8", "#d1603d", "#59a14f", "#b98212", "#b279a2", "#7a828a"]
    /// The phases of a start, each by the mark at its end.
    private static let phases = [
        "spawned": "#4c78a8", "created": "#7a828a", "kernel": "#b279a2", "entered": "#59a14f", "executed": "#b98212",
        "ready": "#d1603d",
    ]

    /// - Parameter style: classes of the style sheet, such as `dot hollow`.
    /// - Returns: with a space before each; empty where the classes mean nothing here.
    static func attributes(of style: String) -> String {
        let words = style.split(separator: " ")
        guard let first = words.first else { return "" }
        let second = words.dropFirst().first.map(String.init) ?? ""
        return switch first {
        case "label": text(size: 13) + " font-weight=\"600\""
        case "value": text(size: 13)
        case "tick", "axis": text(size: 11) + " fill-opacity=\".75\""
        case "caveat": text(size: 11)
        case "grid": stroke(ink) + " stroke-opacity=\".2\""
        case "median": stroke(ink, width: "2")
        case "reference": stroke(ink, width: "1.5") + dashes(second == "f1" ? "1 3" : "4 3")
        case "interval": fill(accent, opacity: ".16")
        case "dot": dot(second)
        case "cloud": cloud(second, words.last.map(String.init) ?? "")
        case "series": fill(colour(second))
        case "curve": " fill=\"none\"" + stroke(colour(second), width: "2")
        case "expected": stroke(colour(second), width: "1.5") + " stroke-dasharray=\"5 4\""
        case "area": fill(colour(second), opacity: ".16")
        case "whisker": fill(colour(second), opacity: ".5")
        case "phase": fill(phases[second] ?? colour(second))
        case "zoom": fill(accent, opacity: ".1") + stroke(accent)
        case "cut": fill(ink)
        default: ""
        }
    }

    private static func dot(_ kind: String) -> String {
        switch kind {
        case "hollow": " fill=\"#ffffff\" fill-opacity=\".6\"" + stroke(warning, width: "1.5")
        case "bad": fill(bad)
        default: fill(accent, opacity: ".7")
        }
    }

    private static func cloud(_ kind: String, _ shade: String) -> String {
        let colour = kind == "hollow" ? warning : kind == "bad" ? bad : accent
        let opacity = ["shade1": ".25", "shade2": ".5", "shade3": ".75"][shade].map { " stroke-opacity=\"\($0)\"" }
        return " fill=\"none\"" + stroke(colour, width: kind == "bad" ? "1.5" : "3") + " stroke-linecap=\"round\""
            + (opacity ?? "")
    }

    private static func text(size: Int) -> String {
        " fill=\"\(ink)\" font-size=\"\(size)\" font-family=\"sans-serif\""
    }

    private static func fill(_ colour: String, opacity: String? = nil) -> String {
        " fill=\"\(colour)\"" + (opacity.map { " fill-opacity=\"\($0)\"" } ?? "")
    }

    private static func stroke(_ colour: String, width: String = "1") -> String {
        " stroke=\"\(colour)\" stroke-width=\"\(width)\""
    }

    private static func dashes(_ lengths: String) -> String { " stroke-dasharray=\"\(lengths)\"" }

    /// Of `s0`, `k3` and the like.
    private static func colour(_ style: String) -> String {
        let position = Int(style.dropFirst()) ?? 0
        return colours[min(max(position, 0), colours.count - 1)]
    }
}
