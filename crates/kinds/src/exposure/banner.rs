//! Exact versions in headers.

use tidegate_core::ports::http::Response;

/// Headers that name what runs.
const NAMES: &[&str] = &[
    "server",
    "x-powered-by",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-generator",
    "x-runtime-version",
];

/// What belongs to a host that its clients do not set up.
const OF_THE_HOST: &[&str] = &["awselb/", "cloudflare", "vercel", "netlify"];

/// How many signs of a value are told.
const SHOWN: usize = 60;

/// Adds the headers of an answer that name an exact version.
pub(super) fn read(response: &Response, known: &mut Vec<(String, String)>) {
    for (name, value) in &response.headers {
        if !NAMES.contains(&name.as_str()) || !has_version(value) {
            continue;
        }
        let lower = value.to_ascii_lowercase();
        if OF_THE_HOST.iter().any(|host| lower.starts_with(host)) {
            continue;
        }
        let value: String = value
            .chars()
            .filter(|sign| !sign.is_control())
            .take(SHOWN)
            .collect();
        if !known.iter().any(|(other, _)| other == name) {
            known.push((name.clone(), value));
        }
    }
}

/// Whether a text has two numbers with a dot between them.
fn has_version(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && three[1] == b'.' && three[2].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    fn banners(name: &str, value: &str) -> usize {
        let mut response = answer(200, "").unwrap();
        response.headers.push((name.to_owned(), value.to_owned()));
        let mut known = Vec::new();
        read(&response, &mut known);
        known.len()
    }

    #[test]
    fn only_exact_versions_are_told() {
        for (name, value, told) in [
            ("server", "nginx/1.18.0 (Ubuntu)", 1),
            ("server", "Werkzeug/3.0.1 Python/3.11.2", 1),
            ("x-powered-by", "PHP/8.2.1", 1),
            ("x-aspnet-version", "4.0.30319", 1),
            ("x-generator", "Drupal 10 (https://www.drupal.org)", 0),
            ("server", "nginx", 0),
            ("server", "uvicorn", 0),
            ("x-powered-by", "Express", 0),
            ("x-powered-by", "Next.js", 0),
            ("server", "awselb/2.0", 0),
            ("server", "HTTP/2", 0),
            ("x-request-id", "1.2", 0),
        ] {
            assert_eq!(banners(name, value), told, "{name}: {value}");
        }
    }
}
