//! Texts that tell what one request stored from everything else.

use sha2::{Digest, Sha256};
use tidegate_core::scope::Values;

/// The marks of one attempt's requests about one thing.
pub(crate) struct Marks {
    /// The beginning of all of them.
    pub(crate) prefix: String,
}

impl Marks {
    /// The marks about a thing in this attempt; the same seed gives the same.
    pub(crate) fn new(values: &Values, thing: &str) -> Self {
        let digest = Sha256::digest(format!("{} {thing}", values.unique));
        let own = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        Self {
            prefix: format!("{}-{own:08x}", values.run_mark),
        }
    }

    /// The mark of the nth request.
    pub(crate) fn nth(&self, number: usize) -> String {
        format!("{}{number:04x}", self.prefix)
    }

    /// The built-in values of a request with this mark.
    pub(crate) fn values(base: &Values, mark: &str) -> Values {
        Values {
            unique: mark.to_owned(),
            canary: mark.replacen(&base.run_mark, &format!("{}-canary", base.run_mark), 1),
            uuid: uuid(mark),
            ..base.clone()
        }
    }
}

/// A version 4 UUID (RFC 9562) that a mark decides.
fn uuid(mark: &str) -> String {
    let digest = Sha256::digest(mark);
    let hex: String = digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        "{}-{}-4{}-8{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}
