import Glibc

/// POSIX extended regular expressions, as the witness uses them.
public enum RegularExpressions {
    /// What is wrong with a pattern, in the C library's words; nil where it compiles.
    public static func problem(in pattern: String) -> String? {
        var compiled = regex_t()
        let code = regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB)
        guard code != 0 else {
            regfree(&compiled)
            return nil
        }
        var buffer = [CChar](repeating: 0, count: 256)
        regerror(code, &compiled, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
