//! Paths of routes, in the notation of each framework and in ours.

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

/// The folder of a file and every folder above it, up to the top, which is empty.
pub(super) fn folders_above(file: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(above(file), |folder| above(folder))
}

/// The folder that something is in; nothing for the top itself.
fn above(path: &str) -> Option<&str> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    (!path.is_empty()).then_some(folder)
}

/// A path in the notation of Express, Fastify, Koa and Hono.
pub(super) fn of_express(path: &str) -> String {
    let mut ours = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        match character {
            ':' => {
                let (name, after) = named(rest);
                ours.push_str(&format!("{{{name}}}"));
                rest = without_pattern(after);
            }
            '*' => {
                let (name, after) = named(rest);
                let name = if after.len() == rest.len() {
                    "rest"
                } else {
                    name
                };
                ours.push_str(&format!("{{*{name}}}"));
                rest = after;
            }
            // Optional parts of Express 5 keep their text; the signs go.
            '{' | '}' | '?' | '+' | '\\' => {}
            '(' => {
                rest = rest.split_once(')').map_or("", |(_, after)| after);
                ours.push_str("{*rest}");
            }
            other => ours.push(other),
        }
    }
    ours
}

/// A name at the beginning, and what follows.
fn named(text: &str) -> (&str, &str) {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let end = text.find(|letter| !part(letter)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    (if name.is_empty() { "id" } else { name }, rest)
}

/// What follows the pattern that a parameter must fit: `(\\d+)`, `{[0-9]+}`.
fn without_pattern(text: &str) -> &str {
    let (open, close) = match text.chars().next() {
        Some('(') => ('(', ')'),
        Some('{') if !text.starts_with("{/") => ('{', '}'),
        _ => return text,
    };
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        if character == open {
            depth += 1;
        } else if character == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return &text[at + 1..];
            }
        }
    }
    ""
}

/// A path in the notation of FastAPI (`{name:path}`) or Flask (`<int:name>`).
pub(super) fn of_python(path: &str) -> String {
    let mut ours = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(start) = rest.find(['{', '<']) {
        let (before, after) = rest.split_at(start);
        let close = if after.starts_with('{') { '}' } else { '>' };
        let Some((inner, behind)) = after[1..].split_once(close) else {
            break;
        };
        ours.push_str(before);
        let (name, converter) = match (close, inner.split_once(':')) {
            ('}', Some((name, converter))) | (_, Some((converter, name))) => (name, converter),
            (_, None) => (inner, ""),
        };
        let many = if converter.trim() == "path" { "*" } else { "" };
        ours.push_str(&format!("{{{many}{}}}", name.trim()));
        rest = behind;
    }
    ours.push_str(rest);
    ours
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn notations_are_translated() {
        for (express, ours) in [
            ("/users/:id", "/users/{id}"),
            ("/users/:id(\\d+)/x", "/users/{id}/x"),
            ("/users/:id{[0-9]+}", "/users/{id}"),
            ("/users/:id?", "/users/{id}"),
            ("/files/*", "/files/{*rest}"),
            ("/files/*path", "/files/{*path}"),
            ("/a{/:b}", "/a/{b}"),
            ("/:from-:to", "/{from}-{to}"),
            ("/api/(.*)", "/api/{*rest}"),
            ("/:file.png", "/{file}.png"),
        ] {
            assert_eq!(of_express(express), ours, "{express}");
        }
        for (python, ours) in [
            ("/items/{item_id}", "/items/{item_id}"),
            ("/files/{file_path:path}", "/files/{*file_path}"),
            ("/users/<int:id>/x", "/users/{id}/x"),
            ("/f/<path:p>", "/f/{*p}"),
            ("/f/<p>", "/f/{p}"),
            ("/broken/{", "/broken/{"),
        ] {
            assert_eq!(of_python(python), ours, "{python}");
        }
        assert_eq!(joined("/api/", "/x/"), "/api/x");
        assert_eq!(joined("", ""), "/");
    }

    #[test]
    fn folders_go_up_to_the_top() {
        let above = |file| folders_above(file).collect::<Vec<_>>();
        assert_eq!(above("a/b/c.py"), ["a/b", "a", ""]);
        assert_eq!(above("c.py"), [""]);
    }

    proptest! {
        #[test]
        fn no_path_makes_the_readers_fail(path in "[a-c/:*?+(){}<>\\\\é.]{0,30}") {
            let _ = (of_express(&path), of_python(&path));
        }
    }
}
