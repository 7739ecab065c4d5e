// The C library's elementary functions under one roof, so that every other file of the folder needs no platform import.

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Exponentials, logarithms and the circle; never called where a random index is made.
enum Elementary {
    @inline(__always) static func exp(_ x: Double) -> Double { libraryExp(x) }
    @inline(__always) static func expm1(_ x: Double) -> Double { libraryExpm1(x) }
    @inline(__always) static func log(_ x: Double) -> Double { libraryLog(x) }
    @inline(__always) static func log1p(_ x: Double) -> Double { libraryLog1p(x) }
    @inline(__always) static func log10(_ x: Double) -> Double { libraryLog10(x) }
    @inline(__always) static func pow(_ x: Double, _ y: Double) -> Double { libraryPow(x, y) }
    @inline(__always) static func cos(_ x: Double) -> Double { libraryCos(x) }
    @inline(__always) static func sin(_ x: Double) -> Double { librarySin(x) }
}

// Inside the enum its own members would hide the library's functions of the same name.
@inline(__always) private func libraryExp(_ x: Double) -> Double { exp(x) }
@inline(__always) private func libraryExpm1(_ x: Double) -> Double { expm1(x) }
@inline(__always) private func libraryLog(_ x: Double) -> Double { log(x) }
@inline(__always) private func libraryLog1p(_ x: Double) -> Double { log1p(x) }
@inline(__always) private func libraryLog10(_ x: Double) -> Double { log10(x) }
@inline(__always) private func libraryPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
@inline(__always) private func libraryCos(_ x: Double) -> Double { cos(x) }
@inline(__always) private func librarySin(_ x: Double) -> Double { sin(x) }
