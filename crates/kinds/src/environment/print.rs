//! Keyed fingerprints: equal values are seen to be equal, and nothing else is.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tidegate_core::ports::Random;

/// The fewest bytes of a key that jobs share.
pub(super) const KEY_LENGTH: usize = 32;

/// The fingerprint of a value; never part of a report.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Print(String);

impl fmt::Debug for Print {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Print(…)")
    }
}

/// The key of fingerprints.
pub(super) struct Key(Vec<u8>);

impl Key {
    /// A key that this run alone has.
    pub(super) fn of_run(random: &dyn Random) -> Self {
        let parts = (0..4).map(|part| random.derive(&format!("environment key {part}")));
        Self(parts.flat_map(u64::to_be_bytes).collect())
    }

    /// A key that several jobs share: hexadecimal, base64 or plain text; `None` when it is shorter
    /// than [`KEY_LENGTH`] bytes.
    pub(super) fn shared(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = from_hex(text)
            .or_else(|| from_base64(text))
            .unwrap_or_else(|| text.as_bytes().to_vec());
        (bytes.len() >= KEY_LENGTH).then_some(Self(bytes))
    }

    /// What tells this key from others and gives nothing away.
    pub(super) fn id(&self) -> String {
        let full = self.digest(&["tidegate key id"]);
        full.get(..8).unwrap_or("").to_owned()
    }

    /// The fingerprint of a text of a class.
    pub(super) fn print(&self, class: &str, text: &str) -> Print {
        Print(self.digest(&[class, text]))
    }

    /// HMAC-SHA256 (RFC 2104) over the parts, each with its length before it.
    fn digest(&self, parts: &[&str]) -> String {
        // A key of any length is taken, so there is always a code.
        let Ok(mut code) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return String::new();
        };
        if let [only] = parts {
            code.update(only.as_bytes());
        } else {
            for part in parts {
                code.update(&(part.len() as u64).to_be_bytes());
                code.update(part.as_bytes());
            }
        }
        let bytes = code.finalize().into_bytes();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|letter| letter.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() >= 2 * KEY_LENGTH && digits.len() % 2 == 0)?;
    let bytes = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit));
    bytes.map(|byte| u8::try_from(byte).ok()).collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD]
        .iter()
        .find_map(|alphabet| alphabet.decode(text).ok())
        .filter(|bytes| bytes.len() >= KEY_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_key_has_at_least_32_bytes_in_any_of_three_writings() {
        assert!(Key::shared(&"ab".repeat(32)).is_some());
        assert!(Key::shared(&STANDARD.encode([7; 32])).is_some());
        assert!(Key::shared("a plain text that is long enough!").is_some());
        for short in ["", "ab", &"ab".repeat(15), "a plain text that is too short"] {
            assert!(Key::shared(short).is_none(), "{short}");
        }
    }

    #[test]
    fn prints_depend_on_key_class_and_text() {
        let one = Key::shared(&"ab".repeat(32)).unwrap();
        let other = Key::shared(&"cd".repeat(32)).unwrap();
        assert_eq!(one.print("a", "b"), one.print("a", "b"));
        assert_ne!(one.print("a", "b"), one.print("ab", ""));
        assert_ne!(one.print("a", "b"), other.print("a", "b"));
        assert_ne!(one.id(), other.id());
        assert_eq!(one.id().len(), 8);
        assert_eq!(format!("{:?}", one.print("a", "b")), "Print(…)");
    }
}
