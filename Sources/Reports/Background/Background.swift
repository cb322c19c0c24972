import Analysis

/// What the figures rest on: the sections that every report has, whatever was measured.
enum Background {
    static func sections(_ analysis: RunAnalysis, method: [[Inline]]) -> [Document.Section] {
        [
            troubleSection(analysis), threatSection(analysis), worldSection(analysis), methodSection(analysis, method),
            echoSection(analysis), outputSection(analysis), preparationSection(analysis), platformSection(analysis),
            hostSection(analysis), samplesSection(analysis), reproductionSection(analysis),
        ].compactMap { $0 }
    }
}
