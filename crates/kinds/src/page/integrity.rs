//! Subresource integrity: whether a file is the one whose hash stands in the page
//! (W3C, Subresource Integrity).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Whether a file fits what stands in `integrity`, as browsers judge it: only the strongest algorithm that
/// is named counts, one of its hashes has to fit, and what is no hash is as good as nothing.
pub(super) fn fits(integrity: &str, file: &[u8]) -> bool {
    let hashes: Vec<(u32, &str)> = integrity
        .split_ascii_whitespace()
        .filter_map(hash)
        .collect();
    let Some(strongest) = hashes.iter().map(|(bits, _)| *bits).max() else {
        return true;
    };
    let actual = match strongest {
        256 => STANDARD.encode(Sha256::digest(file)),
        384 => STANDARD.encode(Sha384::digest(file)),
        _ => STANDARD.encode(Sha512::digest(file)),
    };
    let mut wanted = hashes.iter().filter(|(bits, _)| *bits == strongest);
    wanted.any(|(_, hash)| hash.replace('-', "+").replace('_', "/") == actual)
}

fn hash(text: &str) -> Option<(u32, &str)> {
    let (algorithm, hash) = text.split_once('-')?;
    let bits = match algorithm.to_ascii_lowercase().as_str() {
        "sha256" => 256,
        "sha384" => 384,
        "sha512" => 512,
        _ => return None,
    };
    Some((bits, hash.split('?').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_hash_decides() {
        // From the standard: `alert('Hello, world.');`
        let file = b"alert('Hello, world.');";
        let right = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO";
        let wrong = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert!(fits(right, file));
        assert!(fits(&format!("{wrong} {right}"), file));
        assert!(!fits(wrong, file) && !fits(right, b"alert(1)"));
        for nothing in ["", "md5-AAAA", "sha384", "–"] {
            assert!(fits(nothing, file), "{nothing}");
        }
    }
}
