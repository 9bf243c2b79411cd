//! Time-based one-time passwords (RFC 6238): six digits, thirty seconds, SHA-1.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// The length of a time step in seconds (RFC 6238, 4.1).
const STEP: u64 = 30;

/// The password of a moment in seconds since the Unix epoch; `None` when the secret is not base32.
pub(crate) fn password(secret: &str, unix_time: u64) -> Option<String> {
    let key = base32(secret)?;
    let code = truncated(&key, unix_time / STEP)? % 1_000_000;
    Some(format!("{code:06}"))
}

/// The dynamic truncation of an HMAC (RFC 4226, 5.3), 31 bits.
fn truncated(key: &[u8], counter: u64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&counter.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 0x0f);
    let bytes = digest.get(offset..offset + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(bytes) & 0x7fff_ffff)
}

/// Base32 (RFC 4648, 6) as apps show it: any case, spaces and hyphens between, padding optional.
fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0u32, 0);
    let mut bytes = Vec::new();
    let digits = text.bytes().filter(|byte| !b" -=".contains(byte));
    for digit in digits {
        let value = match digit.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            number @ b'2'..=b'7' => number - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5 | u32::from(value)) & 0xffff;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B: `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        // Appendix B lists eight digits; six are the last six of them.
        for (time, digits) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(password(SECRET, time).unwrap(), digits[2..]);
        }
    }

    #[test]
    fn the_vectors_of_rfc_4648_hold() {
        for (text, plain) in [
            ("MY======", "f"),
            ("MZXQ====", "fo"),
            ("MZXW6===", "foo"),
            ("MZXW6YQ=", "foob"),
            ("MZXW6YTB", "fooba"),
            ("mzxw 6ytb-oi", "foobar"),
        ] {
            assert_eq!(base32(text).unwrap(), plain.as_bytes());
        }
        assert_eq!(base32("M0"), None);
        assert_eq!(password("", 0), None);
    }
}
