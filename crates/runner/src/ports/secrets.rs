//! Secrets from the variables of the process.

use std::sync::Arc;

use tidegate_core::ports::{Secrets, Variables};
use tidegate_core::redact::{MINIMUM, Redactor};
use tidegate_core::secret::Sensitive;
use tidegate_core::template::TemplateError;

/// Secrets by the name of a variable; each one that is revealed is kept out of every output.
pub(crate) struct EnvironmentSecrets {
    variables: Arc<dyn Variables>,
    redactor: Redactor,
}

impl EnvironmentSecrets {
    /// Reads secrets through `variables`.
    pub(crate) fn new(variables: Arc<dyn Variables>) -> Self {
        Self {
            variables,
            redactor: Redactor::new(),
        }
    }
}

impl Secrets for EnvironmentSecrets {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        let value = self.variables.get(name);
        let value = value.filter(|value| !value.expose().is_empty());
        let value = value.ok_or_else(|| TemplateError::SecretNotSet {
            name: name.to_owned(),
        })?;
        if !self.redactor.learn(name, value.expose()) {
            return Err(TemplateError::SecretTooShort {
                name: name.to_owned(),
                minimum: MINIMUM,
            });
        }
        Ok(value)
    }

    fn learn(&self, name: &str, value: &str) {
        self.redactor.learn(name, value);
    }

    fn redact(&self, text: &str) -> String {
        self.redactor.redact(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Three;

    impl Variables for Three {
        fn get(&self, name: &str) -> Option<Sensitive> {
            match name {
                "PASSWORD" => Some("correct horse".into()),
                "PIN" => Some("12345".into()),
                "EMPTY" => Some("".into()),
                _ => None,
            }
        }

        fn names(&self) -> Vec<String> {
            vec!["EMPTY".into(), "PASSWORD".into(), "PIN".into()]
        }
    }

    fn secrets() -> EnvironmentSecrets {
        EnvironmentSecrets::new(Arc::new(Three))
    }

    #[test]
    fn a_revealed_secret_is_redacted_from_then_on() {
        let secrets = secrets();
        assert_eq!(
            secrets.reveal("PASSWORD").unwrap().expose(),
            "correct horse"
        );
        assert_eq!(secrets.redact("is correct horse"), "is [PASSWORD]");
    }

    #[test]
    fn missing_empty_and_short_secrets_are_refused() {
        for name in ["NOWHERE", "EMPTY"] {
            assert_eq!(
                secrets().reveal(name),
                Err(TemplateError::SecretNotSet { name: name.into() })
            );
        }
        assert!(matches!(
            secrets().reveal("PIN"),
            Err(TemplateError::SecretTooShort { .. })
        ));
    }
}
