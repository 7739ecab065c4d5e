// swift-tools-version: 6.2
// The targets below are the architecture: Recorder, Analyzer and Replayer depend on Core and never on each other.

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "bedrock-trace",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "BedrockTraceCore", targets: ["Core"]),
        // For the fuzz package, which reaches their parsers by testing imports.
        .library(name: "BedrockTraceAnalyzer", targets: ["Analyzer"]),
        .library(name: "BedrockTraceRecorder", targets: ["Recorder"]),
        .library(name: "BedrockTraceReplayer", targets: ["Replayer"]),
        .executable(name: "bedrock-analyzer", targets: ["bedrock-analyzer"]),
        .executable(name: "bedrock-recorder", targets: ["bedrock-recorder"]),
        .executable(name: "bedrock-replayer", targets: ["bedrock-replayer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.38.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.34.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: Core

        .target(
            name: "Core",
            dependencies: [
                "CDeflate",
                "CLZ4",
                "CXXHash",
                "CZstd",
            ],
            // Cursors over bytes are non-escapable values; spelling their lifetime still takes a feature flag.
            swiftSettings: swiftSettings + [.enableExperimentalFeature("Lifetimes")]
        ),
        .testTarget(
            name: "CoreTests",
            dependencies: [
                "Core",
                "TestSupport",
            ],
            swiftSettings: swiftSettings
        ),

        // MARK: Analyzer

        .target(
            name: "Analyzer",
            dependencies: [
                "CZstd",
                "Core",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "bedrock-analyzer",
            dependencies: ["Analyzer"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "AnalyzerTests",
            dependencies: [
                "Analyzer",
                "Core",
                "TestSupport",
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "statistics-benchmarks",
            dependencies: [
                "Analyzer",
                "Core",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Statistics",
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "trace-benchmarks",
            dependencies: [
                "Analyzer",
                "CLZ4",
                "Core",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Trace",
            swiftSettings: swiftSettings
        ),

        // MARK: Recorder

        .target(
            name: "Recorder",
            dependencies: [
                "CCurl",
                "CKernelStamps",
                "CLinux",
                "COpenSSL",
                "Core",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "bedrock-recorder",
            dependencies: ["Recorder"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "RecorderTests",
            dependencies: [
                "Core",
                "Recorder",
                "TestSupport",
            ],
            swiftSettings: swiftSettings
        ),

        // MARK: Replayer

        .target(
            name: "Replayer",
            dependencies: [
                "COpenSSL",
                "Core",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "bedrock-replayer",
            dependencies: ["Replayer"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "ReplayerTests",
            dependencies: [
                "Core",
                "Replayer",
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            exclude: ["Peers"],
            swiftSettings: swiftSettings
        ),

        // MARK: Whole programs

        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Core",
                "TestSupport",
                "bedrock-analyzer",
                "bedrock-recorder",
                "bedrock-replayer",
            ],
            exclude: ["Peers"],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "TestSupport",
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings
        ),

        // MARK: C libraries

        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .systemLibrary(
            name: "CDeflate",
            pkgConfig: "libdeflate",
            providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]
        ),
        .target(name: "CKernelStamps"),
        .target(name: "CLinux"),
        .systemLibrary(
            name: "CLZ4",
            pkgConfig: "liblz4",
            providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]
        ),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .systemLibrary(
            name: "CXXHash",
            pkgConfig: "libxxhash",
            providers: [.apt(["libxxhash-dev"]), .brew(["xxhash"])]
        ),
        .systemLibrary(
            name: "CZstd",
            pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]
        ),
    ]
)
