// SHA-256 and HMAC of OpenSSL, and the hexadecimal form that signatures use.

import COpenSSL

enum Digest {
    /// SHA-256 of `bytes`, 32 bytes.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            EVP_Digest(bytes, bytes.count, buffer.baseAddress, &length, EVP_sha256(), nil)
            count = Int(length)
        }
    }

    /// SHA-1 of `bytes`, 20 bytes: names files of the AWS tools' caches, and protects nothing.
    static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
            var length: UInt32 = 0
            EVP_Digest(bytes, bytes.count, buffer.baseAddress, &length, EVP_sha1(), nil)
            count = Int(length)
        }
    }

    /// HMAC-SHA-256 of `bytes` under `key`, 32 bytes.
    static func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, buffer.baseAddress, &length)
            count = Int(length)
        }
    }

    /// Lower-case hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
