//! What a server says about where its time went.

/// The longest header that is read, in bytes.
const LONGEST: usize = 4096;
/// The most entries that are kept.
const MOST: usize = 20;
/// The longest name that is kept, in characters.
const NAME: usize = 40;
/// The longest time that is believed, in milliseconds: an hour.
const LONGEST_TIME: f64 = 3_600_000.0;

/// An entry of a `Server-Timing` header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ServerMetric {
    /// Its name.
    pub(crate) name: String,
    /// Its duration in milliseconds, where it has one.
    pub(crate) duration: Option<f64>,
}

/// Reads a header (W3C *Server Timing*, section 2, the algorithm of `Server-Timing` header parsing): entries
/// apart by commas, their parameters by semicolons, the first `dur` counts, quoted texts may hold either.
/// What is no proper entry is left out.
pub(crate) fn server_timing(header: &str) -> Vec<ServerMetric> {
    let header = &header[..header.floor_char_boundary(LONGEST)];
    let entries = split(header, ',').into_iter();
    entries.filter_map(entry).take(MOST).collect()
}

fn entry(text: &str) -> Option<ServerMetric> {
    let mut parts = split(text, ';').into_iter();
    let name = parts.next()?.trim();
    if name.is_empty() || !name.chars().all(is_token) {
        return None;
    }
    let durations = parts.filter_map(|part| {
        let (key, value) = part.split_once('=')?;
        let known = key.trim().eq_ignore_ascii_case("dur");
        known.then(|| number(value.trim()))
    });
    Some(ServerMetric {
        name: name.chars().take(NAME).collect(),
        duration: durations.into_iter().next().flatten(),
    })
}

fn number(text: &str) -> Option<f64> {
    let value: f64 = text.trim_matches('"').parse().ok()?;
    (0.0..=LONGEST_TIME).contains(&value).then_some(value)
}

/// A character of a token (RFC 9110, 5.6.2).
fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

/// Splits outside of quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|character: char| {
        let here = character == separator && !quoted;
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        here
    })
    .collect()
}

/// Whether a name is that of a database or of what asks one.
pub(crate) fn is_database(name: &str) -> bool {
    const DATABASES: &[&str] = &[
        "database", "db", "mongo", "mongodb", "mysql", "pg", "postgres", "prisma", "queries",
        "query", "redis", "sql", "sqlite", "supabase",
    ];
    crate::naming::words(name)
        .iter()
        .any(|word| DATABASES.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(header: &str) -> Vec<(String, Option<f64>)> {
        let metrics = server_timing(header).into_iter();
        metrics.map(|one| (one.name, one.duration)).collect()
    }

    #[test]
    fn entries_are_read_with_and_without_a_duration() {
        let named = |name: &str, duration| (name.to_owned(), duration);
        for (header, expected) in [
            (
                "db;dur=53.2, app;dur=47",
                vec![named("db", Some(53.2)), named("app", Some(47.0))],
            ),
            (
                "miss, cache;desc=\"a, b; dur=9\";dur=2.5",
                vec![named("miss", None), named("cache", Some(2.5))],
            ),
            ("a;DUR=1;dur=2", vec![named("a", Some(1.0))]),
            ("a;dur=\"12\"", vec![named("a", Some(12.0))]),
            ("a ; dur = 12", vec![named("a", Some(12.0))]),
            (
                "a;dur=-1, b;dur=NaN, c;dur=1e99",
                vec![named("a", None), named("b", None), named("c", None)],
            ),
            ("b ad;dur=1, , \"x\";dur=2", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(read(header), expected, "{header}");
        }
    }

    #[test]
    fn hostile_headers_stay_small() {
        let many = "x;dur=1,".repeat(10_000);
        assert_eq!(server_timing(&many).len(), MOST);
        let long = "y".repeat(100_000);
        assert_eq!(server_timing(&long)[0].name.len(), NAME);
        assert!(server_timing("\"never closed, a;dur=1").is_empty());
    }

    #[test]
    fn databases_are_known_by_their_names() {
        for name in ["db", "sql-queries", "dbTime", "postgres", "db.read"] {
            assert!(is_database(name), "{name}");
        }
        for name in ["app", "render", "cache", "total"] {
            assert!(!is_database(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_odd(header in ".{0,200}") {
            let metrics = server_timing(&header);
            prop_assert!(metrics.iter().all(|one| one.name.chars().count() <= NAME));
        }
    }
}
