// The member `groups` of the documents that hold one value a group and metric.

import Core

extension JSONWriter {
    /// Writes the member `groups`: an array of each group's key and its metrics.
    mutating func groups<Group>(
        _ groups: [Group],
        of names: [GroupKey],
        key: (Group) -> [String?],
        metrics: (Group, inout JSONWriter) -> Void
    ) {
        member("groups") { json in
            json.array { json in
                for group in groups {
                    json.object { json in
                        json.key(names, key(group))
                        json.member("metrics") { json in
                            json.object { metrics(group, &$0) }
                        }
                    }
                }
            }
        }
    }

    /// Writes a group's key as the member `key`.
    mutating func key(_ names: [GroupKey], _ values: [String?]) {
        member("key") { json in
            json.object { json in
                for (name, value) in zip(names, values) { json.member(name.description, value) }
            }
        }
    }
}
