//! What the look at the candidate says about itself.

use std::borrow::Cow;

use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, RetryClass, Severity};

const NOBODY: &str = "Nothing is known about this deploy until it is mended.";

const fn code(
    code: &'static str,
    effort: Effort,
    summary: &'static str,
    impact: &'static str,
) -> CodeInfo {
    CodeInfo::known(code, Severity::High, effort, summary, impact)
}

static META: Meta = Meta {
    name: Cow::Borrowed("preflight"),
    summary: Cow::Borrowed("Looks whether the candidate can be judged, before the first check"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(&[
        code(
            "preflight/unreachable",
            Effort::Small,
            "Nothing answers at the address",
            NOBODY,
        ),
        code(
            "preflight/tls",
            Effort::Small,
            "No secure connection can be made",
            "Clients see a warning of their browser instead of the portal.",
        ),
        code(
            "preflight/sign-in-wall",
            Effort::Small,
            "The host's own sign-in page is in the way",
            NOBODY,
        ),
        code(
            "preflight/bot-challenge",
            Effort::Small,
            "A bot protection is in the way",
            NOBODY,
        ),
        code(
            "preflight/asleep",
            Effort::Small,
            "The instance did not wake up in time",
            "The first client of the day waits, or sees an error.",
        ),
        code(
            "preflight/secret",
            Effort::Small,
            "A secret that the checks need is not set",
            NOBODY,
        ),
        code(
            "preflight/login",
            Effort::Medium,
            "An identity cannot log in",
            "Unless the account itself is wrong, clients are locked out.",
        ),
        code(
            "preflight/start",
            Effort::Medium,
            "The candidate did not start",
            NOBODY,
        ),
    ]),
    always_run: true,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[]),
};

/// What the look at the candidate says about itself: its page and its codes.
pub fn preflight_meta() -> &'static Meta {
    &META
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_heading_on_the_page() {
        for info in META.codes.iter() {
            assert!(
                META.docs.text().contains(&format!("## {}\n", info.code)),
                "{}",
                info.code
            );
        }
    }
}
