//! Secrets from the variables of the process.

use tidegate_core::ports::Secrets;
use tidegate_core::redact::{MINIMUM, Redactor};
use tidegate_core::secret::Sensitive;
use tidegate_core::template::TemplateError;

use crate::setup::Variables;

/// Secrets by the name of a variable; each one that is revealed is kept out of every output.
pub(crate) struct EnvironmentSecrets {
    variables: Variables,
    redactor: Redactor,
}

impl EnvironmentSecrets {
    /// Reads secrets through `variables`.
    pub(crate) fn new(variables: Variables) -> Self {
        Self {
            variables,
            redactor: Redactor::new(),
        }
    }
}

impl Secrets for EnvironmentSecrets {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        let value = (self.variables)(name).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| TemplateError::SecretNotSet {
            name: name.to_owned(),
        })?;
        if !self.redactor.learn(name, &value) {
            return Err(TemplateError::SecretTooShort {
                name: name.to_owned(),
                minimum: MINIMUM,
            });
        }
        Ok(value.into())
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
    use std::sync::Arc;

    use super::*;

    fn secrets() -> EnvironmentSecrets {
        EnvironmentSecrets::new(Arc::new(|name| match name {
            "PASSWORD" => Some("correct horse".into()),
            "PIN" => Some("12345".into()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }))
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
