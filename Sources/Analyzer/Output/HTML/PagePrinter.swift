// Prints a page to PDF with the Chromium that is on the machine; without one, says so.

import Core

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum PagePrinter {
    /// What Chromium and its kin are called, the likeliest first.
    static let programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]

    /// Prints `html` to the file at `path`.
    ///
    /// - Throws: `UsageError` where there is no browser, or where it prints nothing.
    static func print(_ html: String, to path: String) throws {
        guard let browser = browser() else {
            throw UsageError(
                description: "--format pdf: needs Chromium on the PATH (Debian: apt-get install chromium); "
                    + "or write .html and print it from any browser"
            )
        }
        let folder = FileManager.default.temporaryDirectory.path + "/bedrock-report-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let page = folder + "/report.html"
        let printed = folder + "/report.pdf"
        var file = try FileOutput(path: page, replacesExisting: true)
        try file.write(Array(html.utf8))
        // A browser asks its maker for news: no name resolves, so that nothing leaves the machine.
        var arguments = [
            "--headless=new", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
            "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(folder)/profile",
            "--no-pdf-header-footer",
            "--print-to-pdf=\(printed)", "file://\(page)",
        ]
        // Chromium's sandbox refuses to run as root.
        if geteuid() == 0 { arguments.insert("--no-sandbox", at: 0) }
        let status = try run(browser, arguments, log: folder + "/log")
        guard status == 0, access(printed, R_OK) == 0 else {
            throw UsageError(description: "--format pdf: \(browser) printed nothing (status \(status))")
        }
        guard let content = FileManager.default.contents(atPath: printed) else {
            throw UsageError(description: "--format pdf: \(printed) cannot be read")
        }
        var target = try FileOutput(path: path, replacesExisting: true)
        try target.write(Array(content))
        try target.synchronize()
    }

    private static func browser() -> String? {
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        for program in programs {
            for folder in folders.split(separator: ":") where access("\(folder)/\(program)", X_OK) == 0 {
                return "\(folder)/\(program)"
            }
        }
        return nil
    }

    /// Runs a program to its end, its talk going to a file.
    private static func run(_ program: String, _ arguments: [String], log: String) throws -> Int32 {
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        #else
        var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var child = pid_t()
        let failure = posix_spawn(&child, program, &actions, nil, &words, environ)
        guard failure == 0 else { throw TraceError.system(path: program, operation: "started", errno: failure) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw TraceError.system(path: program, operation: "waited for", errno: errno) }
        }
        return status
    }
}
