//! How many bytes something may have, as a gate file writes it: `1MB`, `512KiB`, `2000`.

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(
    /// The number; never 0.
    pub u64,
);

/// The units, the longest first: `B` ends all of them.
const UNITS: &[(&str, u64)] = &[
    ("KIB", 1 << 10),
    ("MIB", 1 << 20),
    ("GIB", 1 << 30),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("B", 1),
];

impl Size {
    fn parse(text: &str) -> Result<Self, String> {
        match Self::bytes(text) {
            Some(0) => Err("nothing fits into a size of 0".to_owned()),
            Some(bytes) => Ok(Self(bytes)),
            None => Err(format!("`{text}` is no number of bytes")),
        }
    }

    fn bytes(text: &str) -> Option<u64> {
        let written = text.trim().to_ascii_uppercase();
        let unit = UNITS.iter().find(|(unit, _)| written.ends_with(unit));
        let (number, factor) = match unit {
            Some((unit, factor)) => (written.strip_suffix(unit)?.trim_end(), *factor),
            None => (written.as_str(), 1),
        };
        let number: u64 = number.parse().ok()?;
        number.checked_mul(factor)
    }

    /// A number of bytes as people read it: `300 kB`, `1.5 MB`.
    pub fn words(bytes: u64) -> String {
        match bytes {
            0..1_000 => format!("{bytes} bytes"),
            1_000..1_000_000 => format!("{} kB", bytes / 1_000),
            _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
        }
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SizeVisitor;
        impl Visitor<'_> for SizeVisitor {
            type Value = Size;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a number of bytes, as in `1MB`")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Size, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Size, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
                let fault = |fault| format!("{fault}; write it as in `500kB` or `1MB`");
                Size::parse(text).map_err(|error| E::custom(fault(error)))
            }
        }
        deserializer.deserialize_any(SizeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_a_unit() {
        for (text, bytes) in [
            ("1MB", 1_000_000),
            ("512 KiB", 524_288),
            ("2GiB", 2_147_483_648),
            ("20b", 20),
            ("7", 7),
        ] {
            assert_eq!(Size::parse(text), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "MB", "-1", "1GBit", "99999999999999999999MB"] {
            let told = Size::parse(text).unwrap_err();
            assert_eq!(told, format!("`{text}` is no number of bytes"));
        }
        for text in ["0", "0kB", "00 MiB"] {
            let told = Size::parse(text).unwrap_err();
            assert_eq!(told, "nothing fits into a size of 0", "{text}");
        }
    }
}
