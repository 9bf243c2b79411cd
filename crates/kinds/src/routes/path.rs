//! Paths of routes.

/// A path behind a prefix: one slash between two parts, none at the end, one at the beginning.
pub(super) fn joined(prefix: &str, path: &str) -> String {
    let segments = prefix.split('/').chain(path.split('/'));
    let mut whole = String::new();
    for segment in segments.filter(|segment| !segment.is_empty()) {
        whole.push('/');
        whole.push_str(segment);
    }
    if whole.is_empty() {
        whole.push('/');
    }
    whole
}
