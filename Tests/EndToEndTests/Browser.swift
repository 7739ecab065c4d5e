// Debian's Chromium without a window, for pages that are files; it reaches no host, and what it asks for is known.

import Foundation
import TestSupport
import Testing

enum Browser {
    /// The browser, where there is one.
    static let program: Program? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        let paths = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in folders.map { "\($0)/\(name)" }
        }
        return paths.first { FileManager.default.isExecutableFile(atPath: $0) }
            .map { Program(executable: URL(fileURLWithPath: $0)) }
    }()

    /// What a browser made of a page.
    struct Visit {
        var document: String
        /// The lines that the page wrote on the console.
        var console: [String]
        /// The hosts that were asked for, by whomever.
        var hosts: Set<String>
    }

    /// Opens a page and gives its document when it has settled.
    static func open(_ page: URL, in scratch: ScratchFolder, _ arguments: [String] = []) async throws -> Visit {
        let browser = try #require(program)
        let profile = scratch.url("profile-\(UUID().uuidString)")
        let log = scratch.url("net-\(UUID().uuidString).json")
        var all = [
            "--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(profile.path)",
            "--enable-logging=stderr", "--log-net-log=\(log.path)", "--virtual-time-budget=20000",
            "--window-size=1200,900",
        ]
        if geteuid() == 0 { all.append("--no-sandbox") }
        let result = try await browser.run(all + arguments + ["--dump-dom", page.absoluteString])
        try #require(result.status == 0, "\(result.errors.suffix(2_000))")
        let network = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        return Visit(
            document: result.text,
            console: result.errors.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init),
            hosts: Set(network.matches(of: #/"url":"(?:https?|wss?)://([^/:"]+)/#).map { String($0.1) })
        )
    }

    /// Whether a host belongs to the browser's maker: it asks for updates on its own account, in vain.
    static func isMakers(_ host: String) -> Bool {
        ["google.com", "googleapis.com", "gvt1.com", "gstatic.com", "googleusercontent.com"].contains { maker in
            host == maker || host.hasSuffix("." + maker)
        }
    }

    /// The source of axe-core, out of whichever of PyPI's packages of it this Python has; `nil` without one.
    static func axe() async throws -> String? {
        let script = """
            import importlib.util, pathlib
            for name in ("axe_playwright_python", "axe_core_python"):
                found = importlib.util.find_spec(name)
                if found: print(pathlib.Path(found.origin).with_name("axe.min.js")); break
            """
        let path = try await Program.python.run(["-c", script]).text.split(separator: "\n").first
        return try path.map { try String(contentsOfFile: String($0), encoding: .utf8) }
    }
}
