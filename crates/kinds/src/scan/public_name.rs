//! Variables that a bundler hands to every visitor by their name, and that are named like secrets.

use super::named::{Assignment, name_at};
use super::window::{Window, begins_after};

/// The beginnings by which bundlers know what the browser may see.
pub(crate) const PREFIXES: &[&str] = &[
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "REACT_APP_",
    "VUE_APP_",
    "GATSBY_",
    "VITE_",
    "PUBLIC_",
];

/// What the rest of a name ends with when it names a secret.
const ENDINGS: &[&str] = &[
    "SECRET",
    "SECRET_KEY",
    "PASSWORD",
    "PASSWD",
    "PRIVATE_KEY",
    "SERVICE_KEY",
    "SERVICE_ROLE",
    "SERVICE_ROLE_KEY",
    "SERVICE_ROLE_TOKEN",
    "DATABASE_URL",
    "DB_URL",
    "ADMIN_KEY",
];

/// Providers whose every key is secret, and what their keys end with.
const PROVIDERS: &[&str] = &[
    "OPENAI",
    "ANTHROPIC",
    "CLAUDE",
    "GEMINI",
    "GROQ",
    "MISTRAL",
    "DEEPSEEK",
    "PERPLEXITY",
    "OPENROUTER",
    "HUGGINGFACE",
    "HUGGING_FACE",
    "HF",
    "REPLICATE",
    "ELEVENLABS",
    "COHERE",
    "XAI",
    "TOGETHER",
    "STABILITY",
    "ASSEMBLYAI",
    "DEEPGRAM",
    "RESEND",
    "SENDGRID",
];

/// A name that asks for trouble.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PublicName {
    /// The name.
    pub(crate) name: String,
    /// Where it stands in the window.
    pub(crate) start: usize,
    /// Whether a value is assigned to it here, and not only asked for.
    pub(crate) assigned: bool,
}

impl PublicName {
    /// Reads the name at the window's telling beginning, when it is assigned or asked for.
    pub(crate) fn read(window: &Window<'_>) -> Option<Self> {
        let range = name_at(window.text, window.at)?;
        let text = std::str::from_utf8(&window.text[range.clone()]).ok()?;
        // `process.env.NEXT_PUBLIC_…`: the name is the last part.
        let name = text.rsplit('.').next()?;
        let start = range.end - name.len();
        if start != window.at || !begins_after(&window.text[..start]) {
            return None;
        }
        if !named_like_a_secret(name) {
            return None;
        }
        let assigned =
            Assignment::read(window).is_some_and(|assignment| !assignment.value.is_empty());
        let behind = &window.text[..start];
        let asked = [&b"env."[..], b"env['", b"env[\"", b"env[`"]
            .iter()
            .any(|before| behind.ends_with(before));
        (assigned || asked).then(|| Self {
            name: name.to_owned(),
            start,
            assigned,
        })
    }
}

/// Whether the browser gets the variable and its name says that it must not.
pub(crate) fn named_like_a_secret(name: &str) -> bool {
    let Some(rest) = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) else {
        return false;
    };
    let ends = |ending: &&str| {
        rest.strip_suffix(*ending)
            .is_some_and(|before| before.is_empty() || before.ends_with('_'))
    };
    let provider = |provider: &&str| {
        rest.split_once(provider).is_some_and(|(before, after)| {
            (before.is_empty() || before.ends_with('_'))
                && ["_KEY", "_API_KEY", "_TOKEN", "_API_TOKEN", "_APIKEY"].contains(&after)
        })
    };
    ENDINGS.iter().any(|ending| ends(&ending)) || PROVIDERS.iter().any(|one| provider(&one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, bool)> {
        let at = PREFIXES
            .iter()
            .find_map(|prefix| text.find(prefix))
            .unwrap();
        let found = PublicName::read(&Window::around(text.as_bytes(), at, 0))?;
        Some((found.name, found.assigned))
    }

    #[test]
    fn names_of_secrets_that_the_browser_gets_are_found_where_they_are_used() {
        for (text, name, assigned) in [
            (
                "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY=abc",
                "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY",
                true,
            ),
            (
                "const k = import.meta.env.VITE_OPENAI_API_KEY;",
                "VITE_OPENAI_API_KEY",
                false,
            ),
            (
                "process.env['REACT_APP_JWT_SECRET']",
                "REACT_APP_JWT_SECRET",
                false,
            ),
            ("{VITE_DB_PASSWORD:\"x1\"}", "VITE_DB_PASSWORD", true),
        ] {
            assert_eq!(read(text), Some((name.to_owned(), assigned)), "{text}");
        }
    }

    #[test]
    fn prose_and_harmless_names_are_left() {
        for text in [
            "Never put a secret under NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY or so",
            "NEXT_PUBLIC_SUPABASE_ANON_KEY=abc",
            "VITE_PASSWORD_MIN_LENGTH=12",
            "VITE_SHOW_PASSWORD_RESET=true",
            "NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY=pk",
            "MY_VITE_SECRET=abc",
            "VITE_OPENAI_MODEL=gpt",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
