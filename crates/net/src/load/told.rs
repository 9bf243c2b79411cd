//! The headers of an answer that its sample tells.

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use tidegate_core::ports::Secrets;
use tidegate_core::ports::load::{REQUEST_IDS, TOLD_HEADERS};

use crate::session::jar;

/// The longest value that is told, in bytes.
const LONGEST: usize = 1024;

/// How many headers of one name are told.
const MOST: usize = 4;

/// Stands in the place of a cookie that the same answer sets.
const COOKIE: &str = "[cookie]";

/// Cookies shorter than this are no secrets, as everywhere.
const SHORTEST: usize = tidegate_core::redact::MINIMUM;

/// Name and value of the headers that are told. What the answer itself sets as a cookie is replaced at once:
/// of thousands of answers not every cookie can be remembered.
pub(super) fn headers(headers: &HeaderMap, secrets: &dyn Secrets) -> Vec<(&'static str, String)> {
    let cookies = set_by(headers);
    let mut told = Vec::new();
    for name in TOLD_HEADERS.into_iter().chain(REQUEST_IDS) {
        for value in headers.get_all(name).iter().take(MOST) {
            told.push((name, text(value, &cookies, secrets)));
        }
    }
    told
}

fn set_by(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(SET_COOKIE).iter();
    let cookies = values.filter_map(|value| jar::parse(&String::from_utf8_lossy(value.as_bytes())));
    let values = cookies.map(|cookie| cookie.value.expose().trim_matches('"').to_owned());
    values
        .filter(|value| value.chars().count() >= SHORTEST)
        .collect()
}

fn text(value: &HeaderValue, cookies: &[String], secrets: &dyn Secrets) -> String {
    let mut text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    for cookie in cookies {
        text = text.replace(cookie, COOKIE);
    }
    if text.len() > LONGEST {
        // First this: half a secret would not be recognised later.
        text = secrets.redact(&text);
        text.truncate(text.floor_char_boundary(LONGEST));
    }
    text
}

#[cfg(test)]
mod tests {
    use tidegate_core::secret::Sensitive;
    use tidegate_core::template::TemplateError;

    use super::*;

    struct Known;

    impl Secrets for Known {
        fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
            Err(TemplateError::SecretNotSet { name: name.into() })
        }
        fn learn(&self, _: &str, _: &str) {}
        fn redact(&self, text: &str) -> String {
            text.replace("correct-horse", "[PASSWORD]")
        }
    }

    fn told(pairs: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers(&map, &Known)
    }

    #[test]
    fn only_named_headers_are_told_and_not_without_end() {
        let pairs: Vec<_> = (0..9)
            .map(|n| ("server-timing", format!("a;dur={n}")))
            .collect();
        assert_eq!(told(&pairs).len(), MOST);
        assert!(told(&[("x-other", "value".into())]).is_empty());
        let long = format!("{}correct-horse", "x".repeat(LONGEST - 10));
        let shown = &told(&[("location", long)])[0].1;
        assert_eq!(shown.len(), LONGEST);
        assert!(!shown.contains("correct"), "half a secret is not told");
    }

    #[test]
    fn a_cookie_is_not_told_by_the_answer_that_sets_it() {
        let pairs = [
            ("set-cookie", "sid=\"cookie-of-anna\"; Path=/".to_owned()),
            ("location", "/next?sid=cookie-of-anna".to_owned()),
        ];
        assert_eq!(
            told(&pairs),
            [("location", "/next?sid=[cookie]".to_owned())]
        );
    }
}
