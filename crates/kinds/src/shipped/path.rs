//! Paths that others wrote, made fit to be shown.

/// The most characters of a path that are kept.
const LONGEST: usize = 500;

/// The path relative and with forward slashes: no root, no drive, no `.` and `..`, nothing that
/// changes how the text around it is shown.
pub(crate) fn harmless(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ if kept.is_empty() && is_drive(part) => {}
            _ => kept.push(part),
        }
    }
    let shown: String = kept
        .join("/")
        .chars()
        .take(LONGEST)
        .map(|character| match character {
            _ if is_invisible(character) => char::REPLACEMENT_CHARACTER,
            _ => character,
        })
        .collect();
    if shown.is_empty() {
        return "(no name)".into();
    }
    shown
}

fn is_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// Control characters, and those that turn the direction of the text around them.
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_path_keeps_within_its_folder() {
        for (path, shown) in [
            ("src/a.ts", "src/a.ts"),
            ("/etc/passwd", "etc/passwd"),
            ("../../etc/passwd", "etc/passwd"),
            ("a/../../b", "b"),
            ("C:\\Users\\anna\\a.txt", "Users/anna/a.txt"),
            ("./a//b/.", "a/b"),
            ("..", "(no name)"),
            ("a\u{1b}[31m\u{202E}b", "a\u{FFFD}[31m\u{FFFD}b"),
        ] {
            assert_eq!(harmless(path), shown);
        }
        assert_eq!(harmless(&"x".repeat(9000)).len(), 500);
    }
}
