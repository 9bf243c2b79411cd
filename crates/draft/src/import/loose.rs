//! Secrets in texts without a form that is read: bodies of other types, queries without values, comments.

use std::ops::Range;

use tidegate_kinds::draft::holds_secret;

use super::secrets::{is_generic, is_random, is_secret_name};

/// How far away the end of a value may be where nothing marks it, in bytes.
const FAR: usize = 1024;

/// What stands between a name and its value in texts.
pub(crate) const PAIRS: &[u8] = b"=:";

/// The same in addresses, where `/session:refresh` asks to do something.
pub(crate) const IN_ADDRESS: &[u8] = b"=";

/// A value that stands under the name of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named<'t> {
    /// The name.
    pub(crate) name: &'t str,
    /// Where the value is.
    pub(crate) at: Range<usize>,
}

/// The values that stand behind names of secrets: `token=x`, `"token": "x"`, `token: x`, `<token>x</token>`; and
/// the passwords of addresses.
///
/// These signs stand between a name and its value. A value ends with its quote or its line; these ends end it,
/// too, where it has no quote.
pub(crate) fn named<'t>(text: &'t str, signs: &[u8], ends: &[u8]) -> Vec<Named<'t>> {
    let bytes = text.as_bytes();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let name = bytes[at..].iter().take_while(|byte| is_name(byte));
        let length = name.count();
        if length == 0 {
            at += 1;
            continue;
        }
        let (name, start) = (&text[at..at + length], at);
        if let Some(value) = of_address(text, start) {
            at = value.end;
            found.push(Named {
                name: "password",
                at: value,
            });
            continue;
        }
        at += length;
        let certain = length <= 64 && is_secret_name(name);
        if !certain && !is_generic(name) {
            continue;
        }
        if is_of_host(bytes, start, at) || is_typed(text, start, at) {
            continue;
        }
        let most = if certain { usize::MAX } else { FAR };
        let value = match opens_tag(bytes, start) {
            true => element(text, at, most),
            false => behind(text, at, signs, ends, most),
        };
        let Some(value) = value else { continue };
        let is_list = bytes[at..value.start].contains(&b'[');
        let mut next = Some(value);
        while let Some(value) = next {
            let fits = certain || is_random(&text[value.clone()]);
            if value.is_empty() || !fits {
                break;
            }
            at = value.end;
            found.push(Named { name, at: value });
            next = further(&bytes[..within(text, at, most)], at).filter(|_| is_list);
        }
    }
    found
}

/// Where so many bytes end, between two letters.
fn within(text: &str, start: usize, most: usize) -> usize {
    let mut end = text.len().min(start.saturating_add(most));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

/// Whether a name that begins at a byte is that of an element, with or without a prefix.
fn opens_tag(bytes: &[u8], start: usize) -> bool {
    let is_prefix = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte);
    let mut before = bytes[..start].iter().rev().take(64);
    before.find(|byte| !is_prefix(byte)) == Some(&b'<')
}

/// The password in an address whose user begins at a byte: `https://anna:x@host`.
fn of_address(text: &str, start: usize) -> Option<Range<usize>> {
    if !text[..start].ends_with("://") {
        return None;
    }
    let rest = &text.as_bytes()[start..within(text, start, FAR)];
    let mut users = rest.split(|byte| b"/?#\"'<>\\ \t\r\n".contains(byte));
    let user = users.next()?;
    let end = user.iter().rposition(|byte| *byte == b'@')?;
    let colon = user[..end].iter().position(|byte| *byte == b':')?;
    (colon + 1 < end).then_some(start + colon + 1..start + end)
}

/// Whether a name is the end of a host with a port behind it, as in `http://auth:8080/`.
fn is_of_host(bytes: &[u8], start: usize, end: usize) -> bool {
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let before = bytes[..start].iter().rev().take(64);
    let host = before.take_while(|byte| is_host(byte)).count();
    if !bytes[..start - host].ends_with(b"//") || bytes.get(end) != Some(&b':') {
        return false;
    }
    let port = bytes[end + 1..].iter().take(6);
    let port = port.take_while(|byte| byte.is_ascii_digit()).count();
    let next = bytes.get(end + 1 + port);
    // `token:12345@host` has a password.
    let is_over = next.is_none_or(|next| b"/?#\"'\\,;)]}<> \t\r\n".contains(next));
    (1..=5).contains(&port) && is_over
}

/// Whether a name is a variable of GraphQL: one with its type, as in `$token: String!`, or an argument that
/// is given it, as in `token: $token`.
fn is_typed(text: &str, start: usize, end: usize) -> bool {
    let Some(after) = text[end..].strip_prefix(':') else {
        return false;
    };
    let after = after.trim_start_matches(' ');
    if text[..start].ends_with('$') {
        return after.starts_with(|first: char| first.is_ascii_uppercase() || first == '[');
    }
    let given = after.strip_prefix('$');
    let rest = given.and_then(|given| given.strip_prefix(&text[start..end]));
    rest.is_some_and(|rest| {
        !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || "_-".contains(next))
    })
}

/// What stands in an element whose name ends at a byte.
fn element(text: &str, at: usize, most: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let tag = &bytes[at..within(text, at, FAR)];
    let end = tag.iter().position(|byte| *byte == b'>')?;
    if tag[..end].ends_with(b"/") {
        return None;
    }
    let start = at + end + 1;
    let rest = &bytes[start..within(text, start, most)];
    let length = rest.iter().position(|byte| *byte == b'<');
    Some(start..start + length.unwrap_or(rest.len()))
}

/// Where signs of these sorts end that stand at a byte.
fn skip(bytes: &[u8], at: usize, signs: &[u8]) -> usize {
    let more = bytes[at..].iter().take_while(|byte| signs.contains(byte));
    at + more.count()
}

/// The value behind one in quotes that ends at a byte, where both are in a list.
fn further(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let at = skip(bytes, end, b"\\");
    let quote = *bytes.get(at).filter(|byte| b"\"'".contains(byte))?;
    let comma = skip(bytes, at + 1, b" \t\r\n");
    if bytes.get(comma) != Some(&b',') {
        return None;
    }
    let next = skip(bytes, comma + 1, b" \t\r\n");
    let start = skip(bytes, next, b"\\");
    if bytes.get(start) != Some(&quote) {
        return None;
    }
    let escapes = start - next;
    let start = start + 1;
    Some(start..closed(bytes, start, quote, escapes))
}

/// The value of at most so many bytes behind a name that ends at a byte.
fn behind(text: &str, at: usize, signs: &[u8], ends: &[u8], most: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let skip = |at: usize, signs: &[u8]| skip(bytes, at, signs);
    // What is quoted in a quoted text has a backslash before its quotes.
    let mut sign = skip(at, b"\"'\\ \t]");
    // The bracket of `user[password]` as forms encode it.
    if bytes[sign..].starts_with(b"%5D") || bytes[sign..].starts_with(b"%5d") {
        sign += 3;
    }
    match *bytes.get(sign).filter(|sign| signs.contains(sign))? {
        b'=' => value(text, skip(sign + 1, b" \t"), ends, most),
        b':' => value(text, skip(sign + 1, b" \t["), ends, most),
        _ => None,
    }
}

fn value(text: &str, at: usize, ends: &[u8], most: usize) -> Option<Range<usize>> {
    let bytes = &text.as_bytes()[..within(text, at, most)];
    let run = bytes[at..].iter().take_while(|byte| **byte == b'\\');
    let escapes = run.count();
    let start = at + escapes;
    match *bytes.get(start)? {
        quote @ (b'"' | b'\'') => {
            let start = start + 1;
            Some(start..closed(bytes, start, quote, escapes))
        }
        // What is below has names of its own.
        b'{' => None,
        _ => {
            let is_end = |byte: &u8| b"\r\n\"<>}]".contains(byte) || ends.contains(byte);
            let length = bytes[at..].iter().position(is_end);
            let length = length.unwrap_or(bytes.len() - at);
            let value = &bytes[at..at + length];
            Some(at..at + value.trim_ascii_end().len())
        }
    }
}

/// Where a quote is closed that had so many backslashes before it.
fn closed(bytes: &[u8], start: usize, quote: u8, escapes: usize) -> usize {
    let mut at = start;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|byte| **byte == b'\\');
        let run = run.count();
        let is_quote = bytes.get(at + run) == Some(&quote);
        let closes = match escapes {
            0 => run % 2 == 0,
            most => run <= most,
        };
        if is_quote && closes {
            return if escapes == 0 { at + run } else { at };
        }
        at += run + 1;
    }
    bytes.len()
}

/// Whether what stands behind the name of a secret may be one. `Password: wrong` and `Session: list & delete` are
/// about one, and have none.
fn is_telling(value: &str) -> bool {
    let several = value.split_whitespace().nth(1).is_some();
    let is_prose = |word: &str| {
        let is_sign = matches!(word, "/" | "-" | "–" | "+");
        let mut letters = word.chars();
        let fits = |letter: char| letter.is_alphabetic() || (several && "&'’()!?".contains(letter));
        (several && is_sign) || letters.all(fits)
    };
    !value.split_whitespace().all(is_prose)
}

/// A text for people without what looks like a secret in it.
pub(crate) fn masked(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut end = 0;
    for one in named(text, PAIRS, b",;") {
        let value = &text[one.at.clone()];
        if is_telling(value) && !value.contains("${") {
            kept.push_str(&text[end..one.at.start]);
            kept.push('…');
            end = one.at.end;
        }
    }
    kept.push_str(&text[end..]);
    if !holds_secret(&kept) {
        return kept;
    }
    let parts = kept
        .split_inclusive(|letter: char| !letter.is_ascii_graphic() || "/\"'`,;()".contains(letter));
    let parts = parts.map(|part| match holds_secret(part) {
        true => "… ",
        false => part,
    });
    let kept: String = parts.collect();
    match holds_secret(&kept) {
        true => "…".to_owned(),
        false => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values<'t>(text: &'t str, ends: &[u8]) -> Vec<&'t str> {
        let all = named(text, PAIRS, ends).into_iter();
        all.map(|one| &text[one.at]).collect()
    }

    #[test]
    fn values_behind_names_of_secrets_are_found_in_any_text() {
        for (text, wanted) in [
            ("a=1&password=x+y&b=2", vec!["x+y"]),
            (
                "{\"a\": 1, \"apiKey\": \"k\\\"1\", \"pin\": 1234}",
                vec!["k\\\"1", "1234"],
            ),
            (
                "\"{\\\"token\\\": \\\"abc\\\", \\\"a\\\": 1}\"",
                vec!["abc"],
            ),
            ("<u><ns:password>hunter</ns:password></u>", vec!["hunter"]),
            (
                "user: anna\npassword: correct horse\n",
                vec!["correct horse"],
            ),
            (
                "<w:Password Type=\"#text\">hunter</w:Password><token/>",
                vec!["hunter"],
            ),
            ("Authorization: Bearer abc", vec!["Bearer abc"]),
            ("user[password]=a&user%5Bpassword%5D=b", vec!["a", "b"]),
            ("secret = 'a b' # no", vec!["a b"]),
            ("{\"token\": \"open", vec!["open"]),
            ("{\"token\": [\"a\", \"b\"], \"c\": \"d\"}", vec!["a", "b"]),
            ("{\"token\": \"a\", \"c\": \"d\"}", vec!["a"]),
            ("\"{\\\"token\\\": [\\\"a\\\",\\\"b\\\"]}\"", vec!["a", "b"]),
            ("{\"credentials\": {\"user\": \"a\"}}", vec![]),
            ("title=password&token_type=bearer&author: x", vec![]),
            ("https://anna:x:1@a.example/b:c@d", vec!["x:1"]),
            ("http://a:3000/@b, https://a.example:80 b@c", vec![]),
            ("see http://auth:8080/a, http://my.token:443", vec![]),
            (
                "http://auth:80801x/ and //token:123@a",
                vec!["80801x/ and //token:123@a"],
            ),
            ("//token:123@a", vec!["123@a"]),
            (
                "query Me($token: String!, $pin: [Int]) { me(token: $token, pin: $pin) { id } }",
                vec![],
            ),
            (
                "login(password: \"a\", pin: $pin2) { id }",
                vec!["a", "$pin2) { id"],
            ),
        ] {
            assert_eq!(values(text, b"&,"), wanted, "{text}");
        }
        assert!(named("/session:refresh", IN_ADDRESS, b"/").is_empty());
        assert_eq!(values("/a;jsessionid=AB12?x", b"&;/?#"), ["AB12"]);
        assert_eq!(
            values("/a;sid=AB12?flag&access_token=cd", b"&;/?#"),
            ["AB12", "cd"]
        );
    }

    #[test]
    fn comments_keep_what_is_no_secret() {
        assert_eq!(masked("log in, password: hunter22"), "log in, password: …");
        assert_eq!(masked("Password: wrong"), "Password: wrong");
        for kept in [
            "Session: list & delete",
            "Auth: log in / sign up (as the client's admin)",
        ] {
            assert_eq!(masked(kept), kept);
        }
        assert_eq!(masked("Token: ab&cd"), "Token: …");
        assert_eq!(masked("Token: Bearer ab-cd"), "Token: …");
        assert_eq!(masked("the value of `token`"), "the value of `token`");
    }

    #[test]
    fn long_texts_are_read_in_one_go() {
        for part in [
            "<password>",
            "<password",
            "token=",
            "token:\"",
            "key:",
            "\\",
            "a-b_",
            "é",
            "://a:b@",
            "token:[\"a\",",
        ] {
            let text = part.repeat(20_000);
            let all = named(&text, PAIRS, b"&");
            assert!(
                all.iter().all(|one| text.get(one.at.clone()).is_some()),
                "{part}"
            );
        }
    }
}
