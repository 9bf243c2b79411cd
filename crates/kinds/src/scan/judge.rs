//! Whether a value that has a rule's shape is one: checksums, claims, randomness.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tidegate_core::meta::Confidence;

use super::entropy::entropy;
use super::jwt::Jwt;
use super::placeholder::is_placeholder;
use super::rule::Test;
use super::url::UrlWithPassword;

/// A token that ended before 2025 opens nothing, whenever this runs; seconds since the Unix epoch.
const LONG_AGO: i64 = 1_735_689_600;

/// How sure the test makes; `None` when the value is no secret of the rule.
pub(crate) fn token(test: Test, value: &str) -> Option<Confidence> {
    let holds = match test {
        Test::Shape => true,
        Test::Random(least) => random(value, least),
        Test::Crc32Base62 => crc32_fits(value, 6, base62),
        Test::Crc32Hex => crc32_fits(value, 8, |number| format!("{number:08x}")),
        Test::ClerkHost => names_host(value),
        Test::SupabaseServiceRole | Test::SupabaseAnon | Test::OtherJwt | Test::RemotePassword => {
            false
        }
    };
    (holds && is_placeholder(value).is_none()).then_some(Confidence::High)
}

/// Whether a JWT is what the test asks for.
pub(crate) fn jwt(test: Test, jwt: &Jwt) -> bool {
    let role = jwt.claim("role").unwrap_or_default();
    match test {
        Test::SupabaseServiceRole => jwt.of_supabase() && role == "service_role",
        Test::SupabaseAnon => jwt.of_supabase() && role == "anon",
        Test::OtherJwt => {
            let of_supabase = jwt.of_supabase() && matches!(role, "service_role" | "anon");
            !of_supabase && !jwt.ended_before(LONG_AGO)
        }
        _ => false,
    }
}

/// Whether a value that only an everyday name tells is worth a warning: it is no word, no path and
/// no other name, and the name ends with what tells.
pub(crate) fn guess(name: &str, telling: &[String], value: &str) -> bool {
    let plain = super::named::plain(name);
    let plain = plain.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let word = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_alphabetic())
            || part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let words = value
        .split(['-', '_', '.', '/', ':', ' ', '@', '='])
        .all(word);
    telling.iter().any(|telling| plain.ends_with(telling)) && digits >= 1 && !words
}

/// How sure it is that a URL opens something: nothing is sure of a password for a host that only its
/// own network knows.
pub(crate) fn url(url: &UrlWithPassword) -> Option<Confidence> {
    let password = url.password.as_str();
    let reference = password.contains(['$', '{', '<', '%', '*', '…', '[']);
    if reference || is_placeholder(password).is_some() || usual(password) {
        return None;
    }
    match (url.nearby(), url.host.contains(['.', ':'])) {
        (false, _) => Some(Confidence::High),
        (true, false) if url.host != "localhost" && random(password, 300) => Some(Confidence::Low),
        _ => None,
    }
}

/// Passwords that stand in every tutorial.
fn usual(password: &str) -> bool {
    const USUAL: [&str; 22] = [
        "password", "passwd", "pass", "pwd", "secret", "postgres", "mysql", "root", "admin",
        "user", "username", "guest", "test", "dev", "changeme", "example", "redis", "mongo",
        "rabbitmq", "token", "key", "xxx",
    ];
    let plain = super::named::plain(password);
    plain.len() < 4
        || USUAL.contains(&plain.trim_end_matches(|letter: char| letter.is_ascii_digit()))
}

/// Whether a value looks random: its Shannon entropy is at least `least` hundredths of a bit a
/// character.
fn random(value: &str, least: u16) -> bool {
    entropy(value.as_bytes()) * 100.0 >= f64::from(least)
}

/// Whether the last `length` characters are the CRC-32, so written, of those between them and the
/// first `_` (GitHub, "Behind GitHub's new authentication token formats", 2021; npm and Vercel write
/// the same, Cloudflare writes it in hexadecimal).
fn crc32_fits(value: &str, length: usize, written: impl Fn(u32) -> String) -> bool {
    let Some((_, body)) = value.split_once('_') else {
        return false;
    };
    let at = body.len().checked_sub(length);
    let Some((random, told)) = at.and_then(|at| body.split_at_checked(at)) else {
        return false;
    };
    written(crc32fast::hash(random.as_bytes())) == told
}

/// A number in base62, six digits long.
fn base62(mut number: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// Whether a Clerk publishable key names a host: base64 that ends in `$`
/// (<https://clerk.com/docs/guides/development/clerk-environment-variables>).
fn names_host(value: &str) -> bool {
    let Some((_, digits)) = value.rsplit_once('_') else {
        return false;
    };
    let digits = digits.trim_end_matches('=');
    let decoded = STANDARD_NO_PAD
        .decode(digits)
        .or_else(|_| URL_SAFE_NO_PAD.decode(digits));
    decoded
        .is_ok_and(|bytes| bytes.last() == Some(&b'$') && bytes.contains(&b'.') && bytes.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_checksum_is_no_secret() {
        // The value for thirty times the letter `a`, computed with zlib's CRC-32.
        let random = "a".repeat(30);
        let right = format!("ghp_{random}{}", base62(crc32fast::hash(random.as_bytes())));
        assert!(crc32_fits(&right, 6, base62));
        assert!(!crc32_fits(&format!("ghp_{random}000000"), 6, base62));
        assert!(!crc32_fits("ghp_short", 6, base62));
        assert!(!crc32_fits("none", 6, base62));
        // zlib's CRC-32 of `123456789`.
        let hex = |number| format!("{number:08x}");
        assert!(crc32_fits("cfut_123456789cbf43926", 8, hex));
        assert!(!crc32_fits("cfut_123456789cbf43927", 8, hex));
    }

    #[test]
    fn numbers_are_written_with_leading_zeros() {
        assert_eq!(base62(0), "000000");
        assert_eq!(base62(61), "00000z");
        assert_eq!(base62(62), "000010");
        assert_eq!(base62(u32::MAX), "4gfFC3");
    }

    #[test]
    fn a_clerk_key_names_its_host() {
        let key = |host: &str| format!("pk_live_{}", STANDARD_NO_PAD.encode(host));
        assert!(names_host(&key("clerk.acme.example$")));
        assert!(!names_host(&key("clerk.acme.example")));
        assert!(!names_host("pk_live_51H"));
    }
}
