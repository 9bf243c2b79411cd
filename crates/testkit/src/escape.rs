//! Escapes shared by the servers that write HTML or URLs.

/// Escapes text for HTML content and double- or single-quoted attributes.
pub(crate) fn html(text: &str) -> String {
    text.chars().fold(
        String::with_capacity(text.len()),
        |mut escaped, character| {
            match character {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                other => escaped.push(other),
            }
            escaped
        },
    )
}

/// Percent-encodes text for a query value (RFC 3986 §2.1).
pub(crate) fn percent(text: &str) -> String {
    // The form encoding differs in the space alone; a literal plus is already %2B there.
    form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::{html, percent};

    #[test]
    fn html_escapes_every_character_that_could_end_text_or_an_attribute() {
        assert_eq!(html("a<b>&\"'é"), "a&lt;b&gt;&amp;&quot;&#39;é");
    }

    #[test]
    fn percent_keeps_a_plus_apart_from_a_space() {
        assert_eq!(percent("a b+c/é"), "a%20b%2Bc%2F%C3%A9");
    }
}
