// swift-tools-version: 6.2
// libFuzzer targets, a package of their own so that nobody who builds the programs builds these; scripts/fuzz runs them.

import PackageDescription

// libFuzzer brings the `main`; these modules only give it the function it calls.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .unsafeFlags(["-parse-as-library"]),
]

let package = Package(
    name: "bedrock-trace-fuzz",
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(name: "bedrock-trace", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "FuzzEventStream",
            dependencies: [.product(name: "BedrockTraceCore", package: "bedrock-trace")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "FuzzTrace",
            dependencies: [.product(name: "BedrockTraceCore", package: "bedrock-trace")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "FuzzRedaction",
            dependencies: [
                .product(name: "BedrockTraceCore", package: "bedrock-trace"),
                .product(name: "BedrockTraceAnalyzer", package: "bedrock-trace"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "FuzzText",
            dependencies: [
                .product(name: "BedrockTraceCore", package: "bedrock-trace"),
                .product(name: "BedrockTraceAnalyzer", package: "bedrock-trace"),
                .product(name: "BedrockTraceRecorder", package: "bedrock-trace"),
                .product(name: "BedrockTraceReplayer", package: "bedrock-trace"),
            ],
            swiftSettings: settings
        ),
    ]
)
