//! Environments and their variables, as every source tells them.

use serde::{Deserialize, Serialize};
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Location;

use super::facts::{self, Facts};

/// What an environment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Role {
    /// Where clients work.
    Production,
    /// A copy of production.
    Staging,
    /// A deploy made for one change.
    Preview,
    /// A machine of a developer, or of tests.
    Local,
    /// Its name does not say.
    Unsaid,
}

impl Role {
    /// What an environment of this name usually is.
    pub(super) fn of_name(name: &str) -> Self {
        let words = facts::tokens(name);
        let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        if has(&["STAGING", "STAGE", "STG", "QA", "UAT", "PREPROD"]) {
            Self::Staging
        } else if has(&["PREVIEW", "PR", "REVIEW"]) {
            Self::Preview
        } else if has(&[
            "LOCAL",
            "DEV",
            "DEVELOP",
            "DEVELOPMENT",
            "TEST",
            "TESTING",
            "CI",
        ]) {
            Self::Local
        } else if has(&["PRODUCTION", "PROD", "LIVE"]) {
            Self::Production
        } else {
            Self::Unsaid
        }
    }

    /// Whether nothing live belongs there.
    pub(super) fn is_for_tests(self) -> bool {
        matches!(self, Self::Staging | Self::Preview | Self::Local)
    }
}

impl From<EnvironmentKind> for Role {
    fn from(kind: EnvironmentKind) -> Self {
        match kind {
            EnvironmentKind::Preview => Self::Preview,
            EnvironmentKind::Staging => Self::Staging,
            EnvironmentKind::Local => Self::Local,
            EnvironmentKind::Production => Self::Production,
        }
    }
}

/// A variable of an environment.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    /// Its name.
    pub(super) name: String,
    /// The part of the project it belongs to: a folder, a service; empty when there is one only.
    pub(super) scope: String,
    /// Its value, where the source has it.
    pub(super) value: Option<Sensitive>,
    /// What the value says; `None` when only the name is known.
    pub(super) facts: Option<Facts>,
    /// Where it is set, without the text of the line.
    pub(super) place: Location,
    /// Whether it was guessed to apply here, because a file without an environment in its name sets
    /// it and no other file does.
    pub(super) inherited: bool,
}

impl Variable {
    /// Its name with the part of the project it belongs to.
    pub(super) fn title(&self) -> String {
        titled(&self.scope, &self.name)
    }

    /// Whether a value is known to be set.
    pub(super) fn is_set(&self) -> bool {
        self.facts.as_ref().is_none_or(|facts| !facts.empty)
    }
}

/// A name with the part of the project it belongs to.
pub(super) fn titled(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}: {name}")
    }
}

/// An environment with everything that is known to be set in it.
#[derive(Debug, Clone)]
pub(super) struct Side {
    /// Its name.
    pub(super) name: String,
    /// What it is for.
    pub(super) role: Role,
    /// Its variables; one for each scope and name, in the order they were met.
    pub(super) variables: Vec<Variable>,
}

impl Side {
    /// An environment without variables.
    pub(super) fn new(name: impl Into<String>, role: Role) -> Self {
        Self {
            name: name.into(),
            role,
            variables: Vec::new(),
        }
    }

    /// Sets a variable; a later source wins over an earlier one.
    pub(super) fn set(&mut self, variable: Variable) {
        let known = self
            .variables
            .iter_mut()
            .find(|known| known.name == variable.name && known.scope == variable.scope);
        match known {
            // A name alone does not hide a value.
            Some(known) if variable.facts.is_some() || known.facts.is_none() => *known = variable,
            Some(_) => {}
            None => self.variables.push(variable),
        }
    }

    /// The variable of a scope and name.
    pub(super) fn get(&self, scope: &str, name: &str) -> Option<&Variable> {
        self.variables
            .iter()
            .find(|variable| variable.name == name && variable.scope == scope)
    }

    /// Whether clients work there.
    pub(super) fn is_production(&self) -> bool {
        self.role == Role::Production
    }
}

/// Whether a pattern with `*` for any text fits a whole name.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    let Some(mut rest) = rest.strip_suffix(last) else {
        return false;
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, name) in [
            ("A*", "AB"),
            ("*", ""),
            ("*_KEY", "A_KEY"),
            ("A*B*C", "AxByC"),
            ("A", "A"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("A", "AB"),
            ("A*A", "A"),
            ("*_KEY", "A_KEYS"),
            ("A*B*C", "AC"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn names_say_what_an_environment_is_for() {
        let roles = [
            "production",
            "prod-eu",
            "staging",
            "pr-7",
            "development",
            "acme",
        ]
        .map(Role::of_name);
        assert_eq!(
            roles,
            [
                Role::Production,
                Role::Production,
                Role::Staging,
                Role::Preview,
                Role::Local,
                Role::Unsaid
            ]
        );
    }
}
