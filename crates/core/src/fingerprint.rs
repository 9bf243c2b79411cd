//! The identity of a finding across runs.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::name::CheckId;

/// A finding's identity: 16 hexadecimal digits that survive moved lines and other runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The identity of a finding of a check: its code, the check and its subject, no line numbers.
    ///
    /// Expects redacted text, so that a fingerprint never is a digest of a secret.
    pub fn of(check: &CheckId, finding: &Finding) -> Self {
        let mut digest = Sha256::new();
        for part in [check.as_str(), finding.code.as_str(), &finding.subject] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        Self(hex(&digest.finalize()[..8]))
    }

    /// Takes the identity as a baseline has it.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// Bytes as lowercase hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
