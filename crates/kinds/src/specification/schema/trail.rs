//! The way from a value down to one of its parts.

use crate::naming::is_name;

/// The longest name that a path shows, in characters.
const NAME_LIMIT: usize = 80;

/// A step on the way down, with those before it; nothing is allocated on the way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trail<'a> {
    /// The whole value.
    Root,
    /// A property.
    Name(&'a Trail<'a>, &'a str),
    /// A property whose name is data.
    Any(&'a Trail<'a>),
    /// An element.
    Index(&'a Trail<'a>, usize),
}

impl Trail<'_> {
    /// The JSONPath (RFC 9535) of the way.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Root => "$".to_owned(),
            Self::Name(before, name) => step(before.path(), name),
            Self::Any(before) => any(before.path()),
            Self::Index(before, index) => format!("{}[{index}]", before.path()),
        }
    }
}

/// A path and one more name.
pub(crate) fn step(mut path: String, name: &str) -> String {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let word = name
        .bytes()
        .all(|byte| letter(byte) || byte.is_ascii_digit());
    if word && name.len() <= NAME_LIMIT && name.bytes().next().is_some_and(letter) {
        path.push('.');
        path.push_str(name);
        return path;
    }
    path.push_str("['");
    for character in name.chars().take(NAME_LIMIT) {
        match character {
            '\'' | '\\' => path.extend(['\\', character]),
            _ if character.is_control() => path.extend(character.escape_unicode()),
            _ => path.push(character),
        }
    }
    if name.chars().nth(NAME_LIMIT).is_some() {
        path.push('…');
    }
    path.push_str("']");
    path
}

/// A path and one more name that must not be shown.
pub(super) fn any(path: String) -> String {
    path + ".*"
}

/// A path and the name of a field that no schema knows, which may be data such as an address.
pub(super) fn unknown(path: String, name: &str) -> String {
    if is_name(name) {
        step(path, name)
    } else {
        any(path)
    }
}
