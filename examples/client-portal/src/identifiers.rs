//! Identifiers and tokens that cannot be guessed.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::errors::ApiError;

/// Makes an identifier such as `rec_5f0c…`: the prefix and 96 random bits in hexadecimal.
pub(crate) fn identifier(prefix: &str) -> Result<String, ApiError> {
    Ok(format!("{prefix}_{}", random_hex::<12>()?))
}

/// Makes a session token of 256 random bits in hexadecimal.
pub(crate) fn token() -> Result<String, ApiError> {
    random_hex::<32>()
}

/// SHA-256 of the bytes in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal of the bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Reads hexadecimal of either case; `None` when it is anything else.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok())
        .collect()
}

fn random_hex<const BYTES: usize>() -> Result<String, ApiError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(ApiError::internal)?;
    Ok(hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_reads_back() {
        assert_eq!(from_hex(&hex(&[0, 15, 255])), Some(vec![0, 15, 255]));
        assert_eq!(from_hex("0Fff"), Some(vec![15, 255]));
    }

    #[test]
    fn anything_else_is_not_hexadecimal() {
        assert_eq!(from_hex("abc"), None);
        assert_eq!(from_hex("zz"), None);
        assert_eq!(from_hex("é0"), None);
    }

    #[test]
    fn identifiers_differ() {
        let one = identifier("rec").expect("randomness");
        assert_ne!(one, identifier("rec").expect("randomness"));
        assert_eq!(one.len(), "rec_".len() + 24);
    }
}
