//! Keeps secrets out of what a plugin gets to see.

use tidegate_core::ports::Secrets;

/// How much of the end of what was cut off is held back, in bytes: a secret of which only the beginning is there is
/// not recognised, and a plugin chooses where an answer is cut. Longer than any secret with its escapes.
pub(super) const CUT: usize = 16 * 1024;

/// The bytes with every known secret replaced. What is not text stays as it is unless a secret is in it.
pub(super) fn bytes(secrets: &dyn Secrets, bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let shown = secrets.redact(&text);
    if shown == *text {
        bytes.to_vec()
    } else {
        shown.into_bytes()
    }
}

/// The same of which at most `limit` bytes are kept, and whether there is more. Of bytes that were `cut` already
/// the last [`CUT`] are left out.
pub(super) fn beginning(
    secrets: &dyn Secrets,
    bytes: &[u8],
    cut: bool,
    limit: usize,
) -> (Vec<u8>, bool) {
    let mut shown = self::bytes(secrets, bytes);
    let whole = if cut {
        shown.len().saturating_sub(CUT)
    } else {
        shown.len()
    };
    let kept = whole.min(limit);
    let more = cut || kept < shown.len();
    shown.truncate(kept);
    (shown, more)
}

/// Headers of an answer: those that set cookies are left out, and secrets are replaced.
pub(super) fn headers(
    secrets: &dyn Secrets,
    headers: &[(String, String)],
) -> Vec<crate::interface::http::Header> {
    let shown = headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "set-cookie" | "set-cookie2"));
    let shown = shown.map(|(name, value)| crate::interface::http::Header {
        name: secrets.redact(name),
        value: secrets.redact(value),
    });
    shown.collect()
}
