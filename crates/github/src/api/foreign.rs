//! Text that GitHub, or whoever stands between, sent: harmless, short, and without the token.

use tidegate_core::redact::Redactor;
use tidegate_core::secret::Sensitive;
use tidegate_report::text::{clip, defuse, one_line};

/// How many characters of a foreign text are shown.
const LIMIT: usize = 300;

/// Makes foreign text harmless.
pub(crate) struct Foreign {
    redactor: Redactor,
    token: Sensitive,
}

impl Foreign {
    pub(crate) fn new(token: &Sensitive) -> Self {
        let redactor = Redactor::new();
        redactor.learn("GITHUB_TOKEN", token.expose());
        Self {
            redactor,
            token: token.clone(),
        }
    }

    /// One short line that neither steers a terminal or a CI system nor shows the token.
    pub(crate) fn line(&self, text: &str) -> String {
        let hidden = self.redactor.redact(text);
        let line = defuse(&clip(&one_line(&hidden, true), LIMIT));
        // A token that is too short to be redacted, or one that came together just now.
        if !self.token.expose().is_empty() && line.contains(self.token.expose()) {
            return "(a message that shows the token)".to_owned();
        }
        line
    }
}
