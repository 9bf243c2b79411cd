//! What pages tell search engines.

/// Whether a `robots.txt` (RFC 9309) forbids every page to every program.
pub(super) fn forbids_all(text: &str) -> bool {
    let mut for_all = false;
    let mut naming = false;
    for line in text.lines().take(10_000) {
        let line = line.split('#').next().unwrap_or("").trim();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "user-agent" => {
                for_all = value == "*" || (naming && for_all);
                naming = true;
            }
            "disallow" if for_all && value == "/" => return true,
            _ => naming = false,
        }
    }
    false
}

/// Whether the value of a robots header or tag says noindex.
pub(super) fn says_noindex(value: &str) -> bool {
    let words = value.split([',', ' ', ':', ';']).map(str::trim);
    words
        .into_iter()
        .any(|word| word.eq_ignore_ascii_case("noindex") || word.eq_ignore_ascii_case("none"))
}

/// Whether a page has a robots tag that says noindex.
pub(super) fn page_says_noindex(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    let tags = page.split("<meta").skip(1).take(1_000);
    tags.filter_map(|tag| tag.split('>').next()).any(|tag| {
        let names = ["name=\"robots\"", "name='robots'", "name=robots"];
        let content = tag.split("content=").nth(1).unwrap_or("");
        let content = content.trim_start_matches(['"', '\'']);
        let content = content.split(['"', '\'']).next().unwrap_or("");
        names.iter().any(|name| tag.contains(name)) && says_noindex(content)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_rule_against_everything_for_everybody_counts() {
        assert!(forbids_all("User-agent: *\nDisallow: /\n"));
        assert!(forbids_all(
            "user-agent: a\nuser-agent: *\n# all\nallow: /x\ndisallow: / # no"
        ));
        assert!(!forbids_all("User-agent: GPTBot\nDisallow: /"));
        assert!(!forbids_all("User-agent: *\nDisallow: /admin\nDisallow:"));
    }

    #[test]
    fn robots_tags_and_headers_are_read_as_words() {
        assert!(says_noindex("noindex, nofollow"));
        assert!(says_noindex("googlebot: noindex"));
        assert!(!says_noindex("index, follow"));
        assert!(page_says_noindex(
            "<META name=\"robots\" content=\"NOINDEX\">"
        ));
        assert!(!page_says_noindex(
            "<meta name=robots content='all'> noindex"
        ));
        assert!(!page_says_noindex(
            "<meta name=\"description\" content=\"noindex\">"
        ));
    }
}
