import Analysis
import BenchmarkModel
import Foundation
import TestSupport
import Testing

@testable import Exports

@Suite struct GateJUnitTests {
    @Test func everyFateIsWritten() throws {
        #expect(JUnitExport.encode(try GateFixture.everyFate()) == GateJUnitTests.golden)
    }

    /// Nothing judged is no pass.
    @Test func aGateWithoutAnythingToJudgeIsAnError() {
        let result = GateFixture.result([], outcome: .notComparable, sentence: "Nothing was judged.")
        let xml = JUnitExport.encode(result)
        #expect(xml.contains("<testsuites name=\"tare\" tests=\"1\" failures=\"0\" errors=\"1\">"))
        #expect(
            xml.contains(
                "<error type=\"not comparable\" message=\"Nothing was judged.\">Nothing was judged.</error>"))
    }

    @Test func whatWasInsistedOnIsTold() {
        var result = GateFixture.result([], outcome: .pass, sentence: "Pass.")
        result.policy.file = "a&b.yaml"
        result.comparison.notes = ["one note"]
        result.comparison.insisted = [.init(subject: .host, name: "kernel", value: "6.1", other: "6.2")]
        #expect(
            JUnitExport.encode(result)
                == "\(GateJUnitTests.head)<testsuites name=\"tare\"\(GateJUnitTests.none)>\n</testsuites>\n")
        result.outcome = .regression
        let xml = JUnitExport.encode(result)
        #expect(xml.contains("<property name=\"policy\" value=\"a&amp;b.yaml\"/>"))
        #expect(xml.contains("<property name=\"compared despite\" value=\"kernel: 6.1 and 6.2\"/>"))
        #expect(xml.contains("<property name=\"note\" value=\"one note\"/>"))
    }

    @Test(.enabled(if: Requirement.isEnforced || exists(xmllint), "needs xmllint"))
    func itValidates() throws {
        let good = JUnitExport.encode(try GateFixture.everyFate())
        #expect(try GateJUnitTests.validates(good))
        #expect(try !GateJUnitTests.validates(good.replacing(" errors=\"2\"", with: "")))
        #expect(try !GateJUnitTests.validates(good.replacing("&lt;&amp;", with: "<&")))
        let empty = GateFixture.result([], outcome: .notComparable, sentence: GateFixture.odd)
        #expect(try GateJUnitTests.validates(JUnitExport.encode(empty)))
    }

    @Test(.enabled(if: Requirement.isEnforced || exists(junitparser), "needs python3-junitparser"))
    func junitparserReadsTheSame() throws {
        let program = """
            import json, sys
            from junitparser import JUnitXml
            xml = JUnitXml.fromfile(sys.argv[1])
            told = [xml.tests, xml.failures, xml.errors]
            skipped = sum(suite.skipped for suite in xml)
            cases = [[c.classname, c.name] + [[type(r).__name__, r.message] for r in c.result] for s in xml for c in s]
            xml.update_statistics()
            counted = [xml.tests, xml.failures, xml.errors, xml.skipped]
            print(json.dumps({"told": told + [skipped], "counted": counted, "cases": cases}))
            """
        let xml = JUnitExport.encode(try GateFixture.everyFate())
        let output = try #require(
            try GateJUnitTests.run(Exported.python, ["-c", program], on: xml), "junitparser does not read it")
        let read = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        #expect(read["told"] as? [Int] == [10, 3, 2, 2])
        #expect(read["counted"] as? [Int] == [10, 3, 2, 2])
        let cases = try #require(read["cases"] as? [[Any]])
        #expect(cases[0][0] as? String == "startup/nginx/runc/warm")
        #expect(cases[0][1] as? String == "median (startup.median)")
        // All of what was odd has come through, but for what XML cannot hold.
        let message = (cases[1].last as? [String])?.last
        #expect(message?.contains("<&\">]]> 5 % ::error::x;y]z, #1\n\\u{1B}[2K") == true, "\(message ?? "none")")
    }

    private static let xmllint = "/usr/bin/xmllint"
    private static let junitparser = "/usr/lib/python3/dist-packages/junitparser"

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func validates(_ xml: String) throws -> Bool {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tare-\(UUID().uuidString).xsd")
        defer { try? FileManager.default.removeItem(at: file) }
        try schema.write(to: file, atomically: true, encoding: .utf8)
        return try run(xmllint, ["--noout", "--schema", file.path], on: xml) != nil
    }

    /// What a program prints that gets a text as a file, its last argument; nil where it fails.
    private static func run(_ program: String, _ arguments: [String], on text: String) throws -> String? {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tare-\(UUID().uuidString).xml")
        defer { try? FileManager.default.removeItem(at: file) }
        try text.write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments + [file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }

    private static let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private static let none = " tests=\"0\" failures=\"0\" errors=\"0\""
}

extension GateJUnitTests {
    /// What the schemas in use agree on of the parts that tare writes: Jenkins', Ant's and those of test runners.
    fileprivate static let schema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
          <xs:attributeGroup name="counts">
            <xs:attribute name="name" type="xs:string" use="required"/>
            <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
          </xs:attributeGroup>
          <xs:complexType name="trouble" mixed="true">
            <xs:attribute name="type" type="xs:string" use="required"/>
            <xs:attribute name="message" type="xs:string" use="required"/>
          </xs:complexType>
          <xs:element name="testsuites"><xs:complexType>
            <xs:sequence><xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
            <xs:attributeGroup ref="counts"/>
          </xs:complexType></xs:element>
          <xs:element name="testsuite"><xs:complexType>
            <xs:sequence>
              <xs:element name="properties" minOccurs="0"><xs:complexType><xs:sequence>
                <xs:element name="property" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
                  <xs:attribute name="name" type="xs:string" use="required"/>
                  <xs:attribute name="value" type="xs:string" use="required"/>
                </xs:complexType></xs:element>
              </xs:sequence></xs:complexType></xs:element>
              <xs:element ref="testcase" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
            <xs:attributeGroup ref="counts"/>
            <xs:attribute name="skipped" type="xs:nonNegativeInteger"/>
          </xs:complexType></xs:element>
          <xs:element name="testcase"><xs:complexType>
            <xs:choice>
              <xs:element name="failure" type="trouble"/>
              <xs:element name="error" type="trouble"/>
              <xs:element name="skipped"><xs:complexType>
                <xs:attribute name="message" type="xs:string"/>
              </xs:complexType></xs:element>
              <xs:element name="system-out" type="xs:string"/>
            </xs:choice>
            <xs:attribute name="classname" type="xs:string" use="required"/>
            <xs:attribute name="name" type="xs:string" use="required"/>
          </xs:complexType></xs:element>
        </xs:schema>

        """

    fileprivate static let golden = #"""
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="tare" tests="10" failures="3" errors="2">
          <testsuite name="startup" tests="8" failures="3" errors="1" skipped="2">
            <properties>
              <property name="outcome" value="regression"/>
              <property name="exitCode" value="3"/>
              <property name="sentence" value="Regression: 2 of 6 figures and 1 of 4 bounds fail the gate."/>
              <property name="base" value="tare-baseline.yaml"/>
              <property name="head" value="20260131-090000-0001"/>
              <property name="design" value="separate"/>
            </properties>
            <testcase classname="startup/nginx/runc/warm" name="median (startup.median)">
              <failure type="regressed" message="regressed: +10.0 % [+5.00 to +15.2 %], from 40.0 ms (n = 20) to 44.0 ms (n = 20); beside it: sees 2 CPUs">cell: startup/nginx/runc/warm
        metric: median (startup.median), lower is better, definition 3
        base: 40.0 ms (n = 20)
        head: 44.0 ms (n = 20)
        effect: +10.0 %
        interval: +5.00 to +15.2 % (99.8 %)
        no effect: up to 1.00 %
        effect that counts: 10.0 %
        p: 0.00500 (after Holm)
        verdict: regressed
        beside it: sees 2 CPUs</failure>
            </testcase>
            <testcase classname="startup/nginx/q35/warm" name="median (startup.median)">
              <failure type="inconclusive" message="inconclusive: +5.00 % [-10.0 to +22.5 %], from 4000 ms (n = 20) to 4200 ms (n = 20); &lt;&amp;&quot;&gt;]]&gt; 5 % ::error::x;y]z, #1&#10;\u{1B}[2K; this plan could have seen an effect of 30.0 %; beside it: emulated">cell: startup/nginx/q35/warm
        metric: median (startup.median), lower is better, definition 3
        base: 4000 ms (n = 20)
        head: 4200 ms (n = 20)
        effect: +5.00 %
        interval: -10.0 to +22.5 % (99.8 %)
        no effect: up to 1.00 %
        effect that counts: 10.0 %
        smallest effect that this plan could have seen: 30.0 %
        p: 0.00500 (after Holm)
        verdict: inconclusive
        because: &lt;&amp;"&gt;]]&gt; 5 % ::error::x;y]z, #1
        \u{1B}[2K
        beside it: emulated</failure>
            </testcase>
            <testcase classname="startup/nginx/runc/warm" name="peak memory (startup.peak)">
              <skipped message="inconclusive: +5.00 % [-2.00 to +12.5 %], from 2.00 MiB (n = 20) to 2.10 MiB (n = 20); this plan could have seen an effect of 16.0 %"/>
            </testcase>
            <testcase classname="startup/nginx/runc/warm" name="share failed (startup.failures)">
              <system-out>cell: startup/nginx/runc/warm
        metric: share failed (startup.failures), lower is better, definition 1
        base: 0 of 40
        head: 1 of 40
        effect: +2.50 points
        interval: -1.00 to +9.00 points (99.8 %)
        no effect: up to 1.00 points
        effect that counts: 10.0 points
        p: 0.00500 (after Holm)
        verdict: equivalent</system-out>
            </testcase>
            <testcase classname="startup/nginx/runc/warm" name="median (startup.median) below 42ms">
              <failure type="broken" message="broken: 44.0 ms (n = 20) [43.0 to 45.0 ms] is not below 42ms">cell: startup/nginx/runc/warm
        metric: median (startup.median)
        bound: below 42ms
        head: 44.0 ms (n = 20)
        interval: 43.0 to 45.0 ms
        verdict: broken</failure>
            </testcase>
            <testcase classname="startup/nginx/runc/warm" name="median (startup.median) below 44ms">
              <skipped message="inconclusive: 44.0 ms (n = 20) [43.0 to 45.0 ms] is neither surely below 44ms nor surely not"/>
            </testcase>
            <testcase classname="startup/nginx/runc/warm" name="median (startup.median) below 1s">
              <system-out>cell: startup/nginx/runc/warm
        metric: median (startup.median)
        bound: below 1s
        head: 44.0 ms (n = 20)
        interval: 43.0 to 45.0 ms
        verdict: kept</system-out>
            </testcase>
            <testcase classname="startup/gone/runc/warm" name="startup.median below 1s">
              <error type="missing" message="missing: there is no such figure to be below 1s">cell: startup/gone/runc/warm
        metric: startup.median
        bound: below 1s
        head: none
        verdict: missing</error>
            </testcase>
          </testsuite>
          <testsuite name="density" tests="1" failures="0" errors="0" skipped="0">
            <properties>
              <property name="outcome" value="regression"/>
              <property name="exitCode" value="3"/>
              <property name="sentence" value="Regression: 2 of 6 figures and 1 of 4 bounds fail the gate."/>
              <property name="base" value="tare-baseline.yaml"/>
              <property name="head" value="20260131-090000-0001"/>
              <property name="design" value="separate"/>
            </properties>
            <testcase classname="density/nginx/runc/1GiB" name="N (density.instances)">
              <system-out>cell: density/nginx/runc/1GiB
        metric: N (density.instances), higher is better, definition 1
        base: 100 (n = 3)
        head: 120 (n = 3)
        effect: +20.0 %
        interval: +15.0 to +25.2 % (99.8 %)
        no effect: up to 1.00 %
        effect that counts: 10.0 %
        p: 0.00500 (after Holm)
        verdict: improved</system-out>
            </testcase>
          </testsuite>
          <testsuite name="footprint" tests="1" failures="0" errors="1" skipped="0">
            <properties>
              <property name="outcome" value="regression"/>
              <property name="exitCode" value="3"/>
              <property name="sentence" value="Regression: 2 of 6 figures and 1 of 4 bounds fail the gate."/>
              <property name="base" value="tare-baseline.yaml"/>
              <property name="head" value="20260131-090000-0001"/>
              <property name="design" value="separate"/>
            </properties>
            <testcase classname="footprint/nginx/runc/idle" name="ledger (footprint.ledger)">
              <error type="missing" message="missing: the head has no such figure; the base has 1.00 MiB (n = 3)">cell: footprint/nginx/runc/idle
        metric: ledger (footprint.ledger), lower is better, definition 1
        base: 1.00 MiB (n = 3)
        head: none
        no effect: up to 1.00 %
        effect that counts: 10.0 %
        verdict: gone</error>
            </testcase>
          </testsuite>
        </testsuites>

        """#
}
