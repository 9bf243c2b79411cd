//! Names of files, folders, variables and apps.

/// The longest name of a variable.
const LONGEST_VARIABLE: usize = 100;

/// A file in a folder, which is empty for the top.
pub(crate) fn within(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", _) => name.to_owned(),
        (_, "") => folder.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

/// The folder that something is in and its name there.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// What something is called beside its folder.
pub(super) fn last(path: &str) -> &str {
    split(path).1
}

/// Whether a path is a folder or lies below it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path as it is seen from a folder that it lies in.
pub(super) fn from<'p>(folder: &str, path: &'p str) -> &'p str {
    let rest = path.strip_prefix(folder).unwrap_or(path);
    rest.trim_start_matches('/')
}

/// A folder and every one above it, up to the top, which is empty.
pub(super) fn and_above(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |below| {
        (!below.is_empty()).then(|| split(below).0)
    })
}

/// The way from a folder up to one above it: `../../`.
pub(super) fn up(folder: &str, above: &str) -> String {
    let steps = from(above, folder).split('/');
    "../".repeat(steps.filter(|step| !step.is_empty()).count())
}

/// A path without what says nothing: `./dist/` is `dist`; nothing for one that leads elsewhere.
pub(super) fn plain(path: &str) -> Option<String> {
    let steps = path.split('/').filter(|step| !matches!(*step, "" | "."));
    let steps: Vec<&str> = steps.collect();
    let leads_away = path.starts_with('/') || steps.contains(&"..") || path.contains(['\\', ':']);
    (!leads_away).then(|| steps.join("/"))
}

/// Whether a text means itself and nothing else to every shell, as a part of a command.
pub(super) fn is_word(text: &str) -> bool {
    let harmless = |letter: char| letter.is_ascii_alphanumeric() || "@/._-+=:".contains(letter);
    !text.is_empty() && !text.starts_with('-') && text.len() <= 200 && text.chars().all(harmless)
}

/// Whether a text is the name of a variable: letters, digits and low lines of ASCII, and no digit first. Files
/// give any text as a name, and nothing else may stand in what is written.
pub(crate) fn is_variable(text: &str) -> bool {
    let of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let begins = !text.starts_with(|first: char| first.is_ascii_digit());
    !text.is_empty() && text.len() <= LONGEST_VARIABLE && begins && text.chars().all(of_name)
}

/// Whether a path can stand in a gate file, which would take `${` for a variable where it reads paths.
pub(super) fn is_writable(path: &str) -> bool {
    !path.contains("${")
}

/// A name in kebab-case: `@acme/Web_App` is `web-app`; nothing where no letter is left.
pub(crate) fn kebab(name: &str) -> Option<String> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut kebab = String::new();
    let mut was_small = false;
    for letter in name.chars().take(60) {
        if letter.is_ascii_uppercase() && was_small {
            kebab.push('-');
        }
        was_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        if letter.is_ascii_alphanumeric() {
            kebab.push(letter.to_ascii_lowercase());
        } else if !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
    }
    let kebab = kebab
        .trim_end_matches('-')
        .trim_start_matches(|first: char| !first.is_ascii_lowercase());
    (!kebab.is_empty()).then(|| kebab.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_kebab_case() {
        for (name, expected) in [
            ("@acme/Web_App", Some("web-app")),
            ("myPortal", Some("my-portal")),
            ("ACME", Some("acme")),
            ("2024-site", Some("site")),
            ("--", None),
            ("é", None),
            ("a  b.c", Some("a-b-c")),
        ] {
            assert_eq!(kebab(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn only_letters_digits_and_low_lines_name_a_variable() {
        for name in ["API_KEY", "apiKey", "_x", "A1"] {
            assert!(is_variable(name), "{name}");
        }
        for name in [
            "",
            "1A",
            "A B",
            "A-B",
            "A\nB",
            "${{ github.token }}",
            "é",
            "A}}",
        ] {
            assert!(!is_variable(name), "{name}");
        }
        assert!(!is_variable(&"A".repeat(101)));
    }

    #[test]
    fn folders_are_held_against_each_other() {
        assert_eq!(and_above("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(and_above("").collect::<Vec<_>>(), [""]);
        assert!(is_below("a/b", "a") && is_below("a", "a") && is_below("a", ""));
        assert!(!is_below("ab", "a"));
        assert_eq!(from("a", "a/b/c"), "b/c");
        assert_eq!(up("a/b/c", "a"), "../../");
        assert_eq!(up("a", "a"), "");
        assert_eq!(plain("./dist/").as_deref(), Some("dist"));
        assert_eq!(plain("."), Some(String::new()));
        assert_eq!(
            (plain("../x"), plain("/x"), plain("a\\b")),
            (None, None, None)
        );
    }

    #[test]
    fn what_a_shell_takes_for_more_than_a_word_is_none() {
        for word in ["web", "@acme/web", "acme.asgi:app", "./build/server.js"] {
            assert!(is_word(word), "{word}");
        }
        for word in ["", "a b", "$(x)", "a;b", "-rf", "a'b", "a`b", "é", "a\nb"] {
            assert!(!is_word(word), "{word}");
        }
    }
}
