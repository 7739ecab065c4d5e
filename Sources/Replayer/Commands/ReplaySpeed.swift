// The value of --speed.

import ArgumentParser

/// A speed: a factor, or `max`.
struct ReplaySpeed: ExpressibleByArgument {
    var factor: Double

    init(factor: Double) {
        self.factor = factor
    }

    init?(argument: String) {
        if argument == "max" {
            factor = .infinity
        } else if let factor = Double(argument), factor.isFinite, factor > 0 {
            self.factor = factor
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { factor.isFinite ? "\(factor)" : "max" }
}
