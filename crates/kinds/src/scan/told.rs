//! What people are told of a sighting, whoever tells them.

use super::rule::{Class, Mode, Rule};
use super::{Origin, Sighting};

/// What is known of a key of Google's that stands among the settings of a Firebase app.
pub(super) fn firebase() -> (&'static str, String) {
    ("used by", "Firebase".to_owned())
}

impl Sighting {
    /// Whether it is a key of Google's among the settings of a Firebase app: every such app shows one.
    pub(crate) fn is_of_firebase(&self) -> bool {
        self.facts.contains(&firebase())
    }

    /// What it is, as in `a Stripe secret key (live mode)`.
    pub(crate) fn described(&self) -> String {
        match &self.origin {
            Origin::BuiltIn(rule) => {
                let mode = match self.mode {
                    Mode::Live => " (live mode)",
                    Mode::Test => " (test mode)",
                    Mode::Unsaid => "",
                };
                format!("{} {}{mode}", article(rule.name), rule.name)
            }
            Origin::Custom(rule) => {
                let what = if self.is_file() { "file" } else { "value" };
                format!("a {what} of your rule `{}`", rule.id)
            }
        }
    }

    /// What the value says about itself, in one line.
    pub(crate) fn says(&self) -> Option<String> {
        let facts = self.facts.iter();
        let facts: Vec<String> = facts.map(|(name, fact)| format!("{name} {fact}")).collect();
        (!facts.is_empty()).then(|| facts.join(", "))
    }

    /// Whether it is a key that its provider publishes for everybody to try with, such as those of
    /// Supabase for local development.
    pub(crate) fn is_sample(&self) -> bool {
        let issuer = ("issuer", "supabase-demo".to_owned());
        self.mode == Mode::Test && self.facts.contains(&issuer)
    }
}

impl Rule {
    /// What to do about a value that was seen where it must not be.
    pub(crate) fn advice(&self) -> String {
        if self.class == Class::Depends {
            return self.keep_out.to_owned();
        }
        format!(
            "Treat it as stolen and replace it: {} {}",
            self.rotate.join(" "),
            self.keep_out
        )
    }
}

/// `a` or `an`, as people say the name.
pub(crate) fn article(name: &str) -> &'static str {
    /// Spelled out letter by letter, the first of which is said with a vowel.
    const SPELLED: [&str; 7] = ["npm", "xAI", "SMTP", "SSH", "HTTP", "RSA", "LLM"];
    let spelled = SPELLED.iter().any(|start| name.starts_with(start));
    if spelled || name.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_the_article_that_people_say() {
        for (name, wanted) in [
            ("OpenAI API key", "an"),
            ("Stripe secret key", "a"),
            ("npm access token", "an"),
            ("xAI API key", "an"),
            ("AWS access key id", "an"),
            ("Hugging Face token", "a"),
            ("URL with a password", "a"),
        ] {
            assert_eq!(article(name), wanted, "{name}");
        }
    }
}
