// An operating-system call that failed, in words a user can act on.

internal import Glibc

/// A failed call to the operating system.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted, for example `make an epoll instance`.
    package var action: String
    /// The error number the system gave.
    package var errorNumber: Int32

    /// Makes a failure from what was attempted and the number the system gave, the current `errno` by default.
    package init(_ action: String, errorNumber: Int32 = errno) {
        self.action = action
        self.errorNumber = errorNumber
    }

    package var description: String { "cannot \(action): \(String(cString: strerror(errorNumber)))" }
}
