//! Keys that tokens should not be signed with, tried without any request, and public keys that they
//! must not be signed with.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value as Json;

use super::jwt::Jwt;

/// Keys of examples, of documentation and of people in a hurry.
const WEAK: &[&str] = &[
    "",
    "secret",
    "Secret",
    "SECRET",
    "secret123",
    "secretkey",
    "secret-key",
    "secret_key",
    "supersecret",
    "super-secret",
    "supersecretkey",
    "super-secret-key",
    "password",
    "password123",
    "changeme",
    "change-me",
    "change_me",
    "changeit",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "your-secret-key",
    "your_secret_key",
    "your-secret",
    "your_jwt_secret",
    "your-jwt-secret",
    "jwt",
    "jwtsecret",
    "jwt-secret",
    "jwt_secret",
    "JWT_SECRET",
    "mysecret",
    "my-secret",
    "mysecretkey",
    "my-secret-key",
    "key",
    "privatekey",
    "token",
    "test",
    "testing",
    "test-secret",
    "dev",
    "dev-secret",
    "development",
    "default",
    "admin",
    "123456",
    "12345678",
    "1234567890",
    "qwerty",
    "letmein",
    "keyboard cat",
    "shhhhh",
    "hello",
    "null",
    "undefined",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "ThisIsASecret",
    "thisisasecret",
    "this-is-a-secret",
];

/// Endings that a portal's name gets when it becomes a key.
const ENDINGS: &[&str] = &[
    "",
    "-secret",
    "_secret",
    "secret",
    "-key",
    "-jwt",
    "-jwt-secret",
    "123",
];

/// The weak key that signed a token, if one of the list or one made of these names did.
pub(super) fn weak(jwt: &Jwt, names: &[&str]) -> Option<String> {
    let named = names.iter().flat_map(|name| {
        let endings = ENDINGS.iter();
        endings.map(move |ending| format!("{name}{ending}"))
    });
    let known = WEAK.iter().map(|key| (*key).to_owned());
    known
        .chain(named)
        .find(|key| jwt.is_signed_with(key.as_bytes()))
}

/// The texts of the RSA keys in a JSON web key set (RFC 7517), as files hold them.
pub(super) fn public(set: &Json) -> Vec<String> {
    let keys = set.get("keys").and_then(Json::as_array);
    let keys = keys.map(Vec::as_slice).unwrap_or_default();
    keys.iter().take(4).filter_map(rsa).collect()
}

/// An RSA key as a PEM file (RFC 7468) of a SubjectPublicKeyInfo (RFC 5280).
fn rsa(key: &Json) -> Option<String> {
    let number = |name: &str| {
        let digits = key.get(name)?.as_str()?;
        URL_SAFE_NO_PAD.decode(digits).ok()
    };
    if key.get("kty")?.as_str()? != "RSA" {
        return None;
    }
    let both = [integer(&number("n")?), integer(&number("e")?)].concat();
    // rsaEncryption (RFC 8017, A.1) without parameters.
    let algorithm = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let mut bits = vec![0];
    bits.extend(element(0x30, &both));
    let info = element(0x30, &[algorithm.to_vec(), element(0x03, &bits)].concat());
    Some(pem(&info))
}

fn integer(number: &[u8]) -> Vec<u8> {
    let mut bytes = number.to_vec();
    // A leading bit that is set would make it negative.
    if bytes.first().is_none_or(|first| first & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    element(0x02, &bytes)
}

/// A DER element (X.690, 8.1).
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut element = vec![tag];
    if length < 0x80 {
        element.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let bytes: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
        element.push(0x80 | bytes.len() as u8);
        element.extend(bytes);
    }
    element.extend(content);
    element
}

fn pem(bytes: &[u8]) -> String {
    let digits = STANDARD.encode(bytes);
    let lines = digits.as_bytes().chunks(64);
    let lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::jwt::made;
    use super::*;

    #[test]
    fn weak_keys_are_found_and_others_are_not() {
        let find = |key: &str| {
            let token = made("HS256", &json!({ "sub": "1" }), key);
            weak(&Jwt::read(&token).unwrap(), &["acme-portal"])
        };
        for key in [
            "secret",
            "",
            "your-256-bit-secret",
            "acme-portal",
            "acme-portal-secret",
        ] {
            assert_eq!(find(key).as_deref(), Some(key));
        }
        assert_eq!(find("Zk3vR9qWx81LmN0pTtBvY2c5"), None);
    }

    #[test]
    fn a_key_of_a_set_becomes_the_file_that_openssl_writes() {
        // 512 bits of `openssl genrsa`, and what `openssl rsa -pubout` made of them.
        let set = json!({ "keys": [{ "kty": "EC" }, {
            "kty": "RSA",
            "n": "2nDnIXr4Y1nIR3CzdtrHtTO6U_jGxyP296ydJsQU52J57plU4Mjqcxk0nNSMmQ2R2ZDoYissh2oNzpVmfZQifw",
            "e": "AQAB",
        }] });
        assert_eq!(
            public(&set),
            ["-----BEGIN PUBLIC KEY-----\n\
              MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANpw5yF6+GNZyEdws3bax7UzulP4xscj\n\
              9vesnSbEFOdiee6ZVODI6nMZNJzUjJkNkdmQ6GIrLIdqDc6VZn2UIn8CAwEAAQ==\n\
              -----END PUBLIC KEY-----\n"]
        );
    }

    #[test]
    fn what_is_no_set_holds_no_key() {
        for set in [
            json!(null),
            json!({ "keys": 1 }),
            json!({ "keys": [{ "kty": "RSA", "n": 1 }] }),
        ] {
            assert!(public(&set).is_empty());
        }
    }
}
