//! The forms in which a secret comes back in an answer.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::escape;

/// Returns a secret in every form in which a server may send it back, each with its name.
///
/// The three base64 forms encode the secret after zero, one and two other bytes: those are the
/// alignments in which it can sit inside a longer encoded text (RFC 4648 §4). A test that wants to
/// see all of them redacted asserts that none of the forms is in the output.
pub fn secret_forms(secret: &str) -> Vec<(&'static str, String)> {
    let json = serde_json::Value::from(secret).to_string();
    vec![
        ("plain", secret.to_owned()),
        ("percent", escape::percent(secret)),
        (
            "form",
            form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        ),
        ("json", json[1..json.len() - 1].to_owned()),
        ("html", escape::html(secret)),
        ("base64-0", STANDARD.encode(secret)),
        ("base64-1", STANDARD.encode(format!("u{secret}"))),
        ("base64-2", STANDARD.encode(format!("u:{secret}"))),
        ("base64-url", URL_SAFE_NO_PAD.encode(secret)),
    ]
}

#[cfg(test)]
mod tests {
    use super::secret_forms;

    #[test]
    fn gives_every_form_of_a_secret_that_needs_escaping() {
        let forms = secret_forms("p<a\"s s+&'é");
        let values: Vec<&str> = forms.iter().map(|(_, form)| form.as_str()).collect();
        assert_eq!(
            values,
            [
                "p<a\"s s+&'é",
                "p%3Ca%22s%20s%2B%26%27%C3%A9",
                "p%3Ca%22s+s%2B%26%27%C3%A9",
                "p<a\\\"s s+&'é",
                "p&lt;a&quot;s s+&amp;&#39;é",
                "cDxhInMgcysmJ8Op",
                "dXA8YSJzIHMrJifDqQ==",
                "dTpwPGEicyBzKyYnw6k=",
                "cDxhInMgcysmJ8Op",
            ]
        );
    }
}
