//! This program itself.

use super::{Group, Line};

/// Its features, and what a run lacks without them.
const FEATURES: &[(&str, bool, &str)] = &[
    ("cli", cfg!(feature = "cli"), ""),
    (
        "git",
        cfg!(feature = "git"),
        "nothing is known of the change that is judged",
    ),
    (
        "github",
        cfg!(feature = "github"),
        "`tidegate publish` and `tidegate previous` are missing",
    ),
    (
        "plugins",
        cfg!(feature = "plugins"),
        "checks of plugins cannot be used",
    ),
    ("demo", cfg!(feature = "demo"), ""),
];

pub(super) fn group_lines(features: &[(&str, bool, &str)]) -> Vec<Line> {
    let there = features.iter().filter(|(_, there, _)| *there);
    let there: Vec<&str> = there.map(|(name, ..)| *name).collect();
    let with = match there.is_empty() {
        true => "no features".to_owned(),
        false => there.join(", "),
    };
    let mut lines = vec![Line::ok(format!("tidegate {} with {with}", crate::VERSION))];
    let missing = features
        .iter()
        .filter(|(_, there, lack)| !*there && !lack.is_empty());
    lines.extend(missing.map(|(name, _, lack)| {
        Line::note(format!("built without `{name}`: {lack}")).remedy(
            "Where you need that, install a release, or build with `cargo install tidegate --features full`.",
        )
    }));
    lines
}

pub(super) fn group() -> Group {
    super::group("program", "This program", group_lines(FEATURES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_feature_is_told_with_what_it_is_for() {
        let lines = group_lines(&[
            ("cli", true, ""),
            ("git", false, "no change"),
            ("demo", false, ""),
        ]);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].text.ends_with(" with cli"));
        assert_eq!(lines[1].text, "built without `git`: no change");
    }
}
