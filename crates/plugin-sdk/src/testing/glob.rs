//! Globs: `*` and `?` within a part of a path, `**` over parts.

/// Whether a path with forward slashes matches a glob.
pub(super) fn matches(glob: &str, path: &str) -> bool {
    let glob: Vec<&str> = glob.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    parts(&glob, &path)
}

fn parts(glob: &[&str], path: &[&str]) -> bool {
    match glob.split_first() {
        None => path.is_empty(),
        Some((&"**", rest)) => (0..=path.len()).any(|skipped| parts(rest, &path[skipped..])),
        Some((first, rest)) => path.split_first().is_some_and(|(part, others)| {
            letters(first.as_bytes(), part.as_bytes()) && parts(rest, others)
        }),
    }
}

fn letters(glob: &[u8], text: &[u8]) -> bool {
    match glob.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|skipped| letters(rest, &text[skipped..])),
        Some((first, rest)) => text.split_first().is_some_and(|(letter, others)| {
            (*first == b'?' || first == letter) && letters(rest, others)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stay_within_a_part_and_two_go_over_parts() {
        for (glob, path, wanted) in [
            ("exports/*.csv", "exports/a.csv", true),
            ("exports/*.csv", "exports/b/a.csv", false),
            ("exports/**/*.csv", "exports/a.csv", true),
            ("exports/**/*.csv", "exports/b/c/a.csv", true),
            ("exports/**", "exports/b/c", true),
            ("a?.txt", "ab.txt", true),
            ("a?.txt", "a.txt", false),
            ("a.txt", "b/a.txt", false),
        ] {
            assert_eq!(matches(glob, path), wanted, "{glob} {path}");
        }
    }
}
