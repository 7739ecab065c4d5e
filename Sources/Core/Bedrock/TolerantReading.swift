// Reading values whose kind a service may change: what has another kind than expected counts as absent and is stepped
// over, so that one odd member never hides the rest of an event.

extension JSONCursor {
    /// A whole number, even where it is written as a float; `nil` for any other value.
    mutating func integerIfAny() throws(JSONError) -> Int? {
        guard try peek() == .number else {
            try skipValue()
            return nil
        }
        return wholeNumber(try number(), as: Int.self)
    }

    /// A count of tokens: a whole number from 0 to 10¹², so that sums of counts never overflow.
    mutating func countIfAny() throws(JSONError) -> Int? {
        guard let count = try integerIfAny(), (0...1_000_000_000_000).contains(count) else { return nil }
        return count
    }

    /// A number; `nil` for any other value.
    mutating func doubleIfAny() throws(JSONError) -> Double? {
        guard try peek() == .number else {
            try skipValue()
            return nil
        }
        return real(try number())
    }

    /// A string; `nil` for any other value, and for bytes that are not UTF-8.
    mutating func stringIfAny() throws(JSONError) -> String? {
        guard try peek() == .string else {
            try skipValue()
            return nil
        }
        let slice = try stringSlice()
        return try? text(slice)
    }

    /// The UTF-8 bytes of a string; `nil` for any other value.
    mutating func utf8CountIfAny() throws(JSONError) -> Int? {
        guard try peek() == .string else {
            try skipValue()
            return nil
        }
        return try utf8Count(try stringSlice())
    }

    /// Steps into an object, or over any other value, and says which.
    mutating func enterIfObject() throws(JSONError) -> Bool {
        guard try peek() == .object else {
            try skipValue()
            return false
        }
        try enterObject()
        return true
    }

    /// Steps into an array, or over any other value, and says which.
    mutating func enterIfArray() throws(JSONError) -> Bool {
        guard try peek() == .array else {
            try skipValue()
            return false
        }
        try enterArray()
        return true
    }

    /// Steps over a value, and says whether it is `null`, `""`, `[]` or `{}`.
    mutating func skipIfEmpty() throws(JSONError) -> Bool {
        switch try peek() {
        case .null: return try skipNull()
        case .string: return try stringSlice().isEmpty
        case .number, .bool:
            try skipValue()
            return false
        case .array, .object: return try skipValue().count == 2
        }
    }

    // MARK: One member of an object; the object is stepped over as a whole

    /// A whole number that the object which comes next has under `name`.
    mutating func integer(of name: StaticString) throws(JSONError) -> Int? {
        var value: Int?
        try forMembers(named: name) { cursor throws(JSONError) in value = try cursor.integerIfAny() }
        return value
    }

    /// A count of tokens that the object which comes next has under `name`.
    mutating func count(of name: StaticString) throws(JSONError) -> Int? {
        var value: Int?
        try forMembers(named: name) { cursor throws(JSONError) in value = try cursor.countIfAny() }
        return value
    }

    /// A number that the object which comes next has under `name`.
    mutating func double(of name: StaticString) throws(JSONError) -> Double? {
        var value: Double?
        try forMembers(named: name) { cursor throws(JSONError) in value = try cursor.doubleIfAny() }
        return value
    }

    /// A string that the object which comes next has under `name`.
    mutating func string(of name: StaticString) throws(JSONError) -> String? {
        var value: String?
        try forMembers(named: name) { cursor throws(JSONError) in value = try cursor.stringIfAny() }
        return value
    }

    /// The UTF-8 bytes of a string that the object which comes next has under `name`.
    mutating func utf8Count(of name: StaticString) throws(JSONError) -> Int? {
        var value: Int?
        try forMembers(named: name) { cursor throws(JSONError) in value = try cursor.utf8CountIfAny() }
        return value
    }

    private mutating func forMembers(
        named name: StaticString,
        _ read: (inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard try enterIfObject() else { return }
        while let key = try nextKey() {
            if matches(key, name) {
                try read(&self)
            } else {
                try skipValue()
            }
        }
    }
}
