//! Names of fields and parts of paths, told from data.

/// The longest name of a field.
const NAME_LIMIT: usize = 64;

/// From how many digits on a name is data: `sha256` and `iso8601` are names.
const DIGIT_LIMIT: usize = 5;

/// Whether a key is the name of a field, and not data such as an id, a date, an address or a person.
pub(crate) fn is_name(key: &str) -> bool {
    let rest = key.strip_prefix(['$', '@', '_']).unwrap_or(key);
    let mut letters = rest.chars();
    let begins = letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_');
    begins
        && key.len() <= NAME_LIMIT
        && letters.all(|letter| letter.is_alphanumeric() || "_-.:".contains(letter))
        && !is_data(key)
}

/// Whether a text is rather an id, a date or a key than a word.
pub fn is_data(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic());
    let hexadecimal = bytes.len() >= 8 && bytes.iter().all(u8::is_ascii_hexdigit);
    digits >= DIGIT_LIMIT
        || (digits > 0 && letters.count() == 0 && text.is_ascii())
        || (hexadecimal && digits > 0)
        || alternations(bytes) >= 4
}

/// A path with `{}` for every segment that is rather data.
pub(crate) fn without_data(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let of_a_person = segment.contains(['@', '%', ' ']);
        if of_a_person || is_data(segment) {
            "{}"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// How often a digit stands beside a letter, as in random ids.
fn alternations(bytes: &[u8]) -> usize {
    let mixed = |pair: &&[u8]| {
        (pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic())
            || (pair[0].is_ascii_alphabetic() && pair[1].is_ascii_digit())
    };
    bytes.windows(2).filter(mixed).count()
}

/// The words of a name in any spelling, in small letters.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in name.chars() {
        let begins = character.is_uppercase() && before.is_lowercase();
        if begins || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_are_told_from_data() {
        for name in [
            "id",
            "created_at",
            "createdAt",
            "line2",
            "sha256",
            "iso8601",
            "$schema",
            "@id",
            "_links",
            "x-request-id",
            "größe",
            "hydra:member",
            "deadbeef",
        ] {
            assert!(is_name(name), "{name}");
        }
        for data in [
            "",
            "42",
            "2026-11-26",
            "2026",
            "anna@acme.example",
            "Anna Smith",
            "+49 30 1234",
            "rec_8f3a21",
            "0191b5d2-7e1c-4f7a-9c3d-1a2b3c4d5e6f",
            "a1b2c3d",
            "deadbee1",
            "/etc/passwd",
        ] {
            assert!(!is_name(data), "{data}");
        }
        assert!(!is_name(&"x".repeat(65)));
    }
}
