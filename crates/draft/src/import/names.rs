//! Names of checks, identities and captures.

use std::collections::BTreeSet;

use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::is_value_name;
use tidegate_kinds::draft::words;

/// The longest name, in characters.
const LONGEST: usize = 48;

/// A name in kebab-case; `otherwise` where nothing is left of it.
pub(crate) fn kebab(text: &str, otherwise: &str) -> String {
    let mut name = String::new();
    for word in words(text) {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let fits = name.len() + word.len() < LONGEST;
        if word.is_empty() || !fits {
            continue;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&word);
    }
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name
    } else if name.is_empty() {
        otherwise.to_owned()
    } else {
        format!("{otherwise}-{name}")
    }
}

/// A name for a capture, which a gate file's references may have.
pub(crate) fn capture(text: &str) -> String {
    let name = kebab(text, "value").replace('-', "_");
    if is_value_name(&name) && !BUILT_IN.contains(&name.as_str()) {
        name
    } else {
        format!("{name}_value")
    }
}

/// A name that is not taken, with a number where it must be; it is taken from then on.
pub(crate) fn free(name: &str, taken: &mut BTreeSet<String>, between: &str) -> String {
    let numbered = (2_u32..).map(|number| format!("{name}{between}{number}"));
    let mut all = std::iter::once(name.to_owned()).chain(numbered);
    let free = all.find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

/// One of several things: `record` for `records`.
pub(crate) fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let double = ["sses", "xes", "ches", "shes"];
    if double.iter().any(|end| word.ends_with(end)) {
        return word[..word.len() - 2].to_owned();
    }
    match word.strip_suffix('s') {
        Some(stem) if !word.ends_with("ss") && !word.ends_with("us") && stem.len() > 1 => {
            stem.to_owned()
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_that_a_gate_file_takes() {
        assert_eq!(
            kebab("Create & read a Record!", "x"),
            "create-read-a-record"
        );
        assert_eq!(kebab("42", "step"), "step-42");
        assert_eq!(kebab("…", "step"), "step");
        assert_eq!(capture("userToken"), "user_token");
        assert_eq!(capture("unique"), "unique_value");
        assert_eq!(singular("companies"), "company");
        assert_eq!(singular("boxes"), "box");
        assert_eq!(singular("status"), "status");
        assert_eq!(singular("records"), "record");
        let mut taken = BTreeSet::new();
        assert_eq!(free("a", &mut taken, "-"), "a");
        assert_eq!(free("a", &mut taken, "-"), "a-2");
    }
}
