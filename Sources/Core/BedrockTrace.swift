/// Facts about this library and the programs built on it.
public enum BedrockTrace {
    /// The version of programs and library.
    public static let version = "0.1.0"
}
