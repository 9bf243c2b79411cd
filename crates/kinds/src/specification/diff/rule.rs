//! A rule: what sort of change it names, whom the change breaks, and how to make it without breaking.

use std::fmt::Write as _;

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// A sort of change.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its code and how bad it is: medium and worse for what breaks somebody, low for what may, info
    /// for what breaks nobody.
    pub(crate) info: CodeInfo,
    /// How to reach the same without breaking anybody, in plain sentences.
    pub(crate) advice: &'static str,
}

impl Rule {
    /// Describes a rule that is known when Tidegate is built.
    pub(crate) const fn known(
        code: &'static str,
        severity: Severity,
        effort: Effort,
        summary: &'static str,
        impact: &'static str,
        advice: &'static str,
    ) -> Self {
        Self {
            info: CodeInfo::known(code, severity, effort, summary, impact),
            advice,
        }
    }

    /// Its section of the kind's page.
    pub(crate) fn section(&self) -> String {
        let CodeInfo {
            code,
            summary,
            impact,
            ..
        } = &self.info;
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = writeln!(text, "### {code}\n\n{summary}. {impact}\n");
        if !self.advice.is_empty() {
            let _ = writeln!(text, "{}\n", self.advice);
        }
        text
    }
}

/// Describes rules, each under a name of its own, and lists them all as `ALL`.
macro_rules! rules {
    ($($name:ident = $code:literal, $severity:ident, $effort:ident, $summary:literal, $impact:literal, $advice:literal;)*) => {
        $(pub(crate) static $name: crate::specification::diff::rule::Rule =
            crate::specification::diff::rule::Rule::known(
                $code,
                tidegate_core::meta::Severity::$severity,
                tidegate_core::meta::Effort::$effort,
                $summary,
                $impact,
                $advice,
            );)*

        /// All of them, in the order they are listed to people.
        pub(crate) static ALL: &[&crate::specification::diff::rule::Rule] = &[$(&$name),*];
    };
}

pub(crate) use rules;
