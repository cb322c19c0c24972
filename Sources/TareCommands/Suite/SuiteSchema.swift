import Foundation

/// The JSON Schema (2020-12) of suite files and others that are written like them, made from the same list of keys as the reader uses, so that they cannot drift.
enum SuiteSchema {
    /// The schema as JSON text.
    static func json(
        _ keys: SuiteKeys = .suite, title: String = "tare suite",
        description: String = "Which workloads, on which platforms, under which experiments tare measures."
    ) -> String {
        var root = object(keys)
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        root["title"] = title
        root["description"] = description
        let data = try? JSONSerialization.data(
            withJSONObject: root, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data ?? Data(), as: UTF8.self) + "\n"
    }

    private static func object(_ keys: SuiteKeys) -> [String: Any] {
        var properties: [String: Any] = [:]
        for key in keys.keys {
            var schema = shape(key.shape)
            schema["description"] = key.description
            properties[key.name] = schema
        }
        var object: [String: Any] = ["type": "object", "additionalProperties": false, "properties": properties]
        let required = keys.keys.filter(\.required).map(\.name)
        if !required.isEmpty { object["required"] = required }
        if keys.exactlyOne {
            object["minProperties"] = 1
            object["maxProperties"] = 1
        }
        if keys.notEmpty { object["minProperties"] = 1 }
        if !keys.companions.isEmpty { object["dependentRequired"] = keys.companions.mapValues { [$0] } }
        if !keys.conditions.isEmpty {
            object["dependentSchemas"] = keys.conditions.mapValues { condition -> [String: Any] in
                ["required": [condition.key], "properties": [condition.key: ["const": condition.value]]]
            }
        }
        if !keys.oneOf.isEmpty { object["oneOf"] = keys.oneOf.map { ["required": [$0]] } }
        if let alternative = keys.alternative {
            let inner: [String: Any] = ["anyOf": alternative.has.map { ["required": [$0]] }]
            object["anyOf"] = [["required": [alternative.key]], ["properties": [alternative.inner: inner]]]
        }
        return object
    }

    private static let namePattern = "^[a-z0-9][a-z0-9-]{0,30}$"

    private static func mapping(_ inner: SuiteKey.Shape, most: Int?) -> [String: Any] {
        var mapping: [String: Any] = [
            "type": "object", "minProperties": 1, "additionalProperties": shape(inner),
        ]
        if let most { mapping["maxProperties"] = most }
        return mapping
    }

    private static func shape(_ shape: SuiteKey.Shape) -> [String: Any] {
        switch shape {
        // The reader takes numbers and booleans as they are written wherever a text is wanted.
        case .string: ["type": ["string", "number", "boolean"]]
        case .name:
            [
                "type": ["string", "integer", "boolean"], "pattern": namePattern, "minimum": 0,
                "examples": ["nginx"],
            ]
        case .pattern(let pattern, let example): ["type": "string", "pattern": pattern, "examples": [example]]
        case .integer(let range):
            range.upperBound == Int.max
                ? ["type": "integer", "minimum": range.lowerBound]
                : ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
        case .number: ["type": "number", "minimum": 0]
        case .strings: ["type": "array", "minItems": 1, "items": ["type": ["string", "number", "boolean"]]]
        case .texts: ["type": "object", "additionalProperties": ["type": ["string", "number", "boolean"]]]
        case .map(let inner, let most): mapping(inner, most: most)
        case .named(let inner, let most):
            mapping(inner, most: most).merging(["propertyNames": ["pattern": namePattern]]) { $1 }
        case .boolean: ["type": "boolean"]
        case .choice(let words): ["enum": words]
        case .choices(let words): ["type": "array", "uniqueItems": true, "items": ["enum": words]]
        case .object(let keys): object(keys)
        case .list(let inner): ["type": "array", "minItems": 1, "items": Self.shape(inner)]
        case .either(let shapes): ["anyOf": shapes.map { Self.shape($0) }]
        }
    }
}
