//! Other places than the one a run looks at, read once a check asks for them.

use std::fmt;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::{Environment, Start};
use tidegate_core::located::Located;
use tidegate_core::node::{Key, Node};
use tidegate_core::span::Span;

use crate::environments::{self as places, start_of};
use crate::faults::Faults;
use crate::variables::Variables;

/// What other places are read from.
pub(crate) struct Elsewhere<'e> {
    /// The declared environments.
    pub(crate) all: &'e [(Key, Node)],
    /// The name of the one the run looks at.
    pub(crate) here: &'e str,
    /// Its address.
    pub(crate) address: Option<&'e Located<String>>,
    /// The most requests a second that it allows.
    pub(crate) rate: Option<u32>,
    /// The gate file's `apis:`.
    pub(crate) apis: Option<&'e Node>,
    /// The gate file's `variables:`.
    pub(crate) variables: Option<&'e Node>,
    /// The variables of the process.
    pub(crate) process: &'e dyn Fn(&str) -> Option<String>,
}

impl fmt::Debug for Elsewhere<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Elsewhere");
        shown.field("here", &self.here).finish_non_exhaustive()
    }
}

impl Elsewhere<'_> {
    /// The names of the declared environments.
    pub(crate) fn names(&self) -> Vec<&str> {
        let all = self.all.iter();
        all.map(|(key, _)| key.text.as_str()).collect()
    }

    /// Reads a place with the values that `variables` has; `apis` are those that it has, too.
    fn read(
        &self,
        place: &(Key, Node),
        variables: &str,
        apis: Option<&Node>,
    ) -> Result<Environment, Vec<Diagnostic>> {
        // What is wrong with the sections themselves has been told when the gate file was read.
        let mut told = Faults::default();
        let mut values =
            Variables::of(self.variables, self.all, variables, self.process, &mut told);
        // The run's own environment may lack an address where one is given from outside.
        let others = self.all.iter().filter(|(key, _)| key.text != self.here);
        let others: Vec<(Key, Node)> = others.cloned().collect();
        let mut faults = Faults::default();
        let read = places::read(place, None, &others, apis, &mut values, &mut faults);
        match read.environment {
            Some(environment) if faults.is_empty() => Ok(environment),
            _ => Err(faults.sorted("")),
        }
    }
}

impl tidegate_core::elsewhere::Elsewhere for Elsewhere<'_> {
    fn here(&self) -> Option<&Located<String>> {
        self.address
    }

    fn rate(&self) -> Option<u32> {
        self.rate
    }

    fn environment(&self, name: &Located<String>) -> Result<Environment, Vec<Diagnostic>> {
        if name.value == self.here {
            return Err(vec![own(&name.span, self.here)]);
        }
        let place = self.all.iter().find(|(key, _)| key.text == name.value);
        let Some(place) = place else {
            let names: Vec<&str> = self.names();
            let others: Vec<&str> = names.into_iter().filter(|one| *one != self.here).collect();
            let unknown =
                Diagnostic::unknown(name.span.clone(), "environment", &name.value, &others);
            return Err(vec![if others.is_empty() {
                unknown.help(format!("`{}`, which the run looks at, is the only one. Declare where the old deploy is under `environments:`, or give its address: `old: {{ url: \"${{OLD_URL}}\" }}`.", self.here))
            } else {
                unknown
            }]);
        };
        self.read(place, &name.value, self.apis)
    }

    fn described(&self, name: &str, node: &Node) -> Result<Environment, Vec<Diagnostic>> {
        let key = Key {
            text: name.to_owned(),
            span: node.span.clone(),
        };
        self.read(&(key, node.clone()), self.here, None)
    }

    fn program(&self, node: &Node, values: &[&str]) -> Result<Start, Vec<Diagnostic>> {
        let mut faults = Faults::default();
        match start_of(node, values, &mut faults) {
            Some(start) if faults.is_empty() => Ok(start),
            _ => Err(faults.sorted("")),
        }
    }
}

fn own(span: &Span, here: &str) -> Diagnostic {
    Diagnostic::at(
        span.clone(),
        format!("`{here}` is the environment that the run looks at"),
    )
    .label("expected another one")
    .help("Name where the old deploy is, and keep the check out of that environment: `when: { environment: [preview] }`.")
}
