/// Facts about this library and the programs built on it.
public enum BedrockTrace {
    /// The version of programs and library.
    public static let version = "0.1.0"

    /// How our files name who wrote them, before the version.
    static let libraryName = "bedrock-trace/"
}
