//! What is left out because the change is not trusted.
//!
//! Such a change gets no secrets, and its programs are not run on the machine of the gate: neither
//! the candidate that the gate would start nor the commands of checks.

use std::collections::BTreeSet;

use tidegate_core::check::Forecast;
use tidegate_core::gate::{Entry, Gate};
use tidegate_core::meta::Port;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::Variables;

use crate::preflight::secrets;
use crate::setup::{Options, Setup};

/// Why each check is out because of the change, in the order of the file.
pub(super) fn left_out(setup: &Setup, forecasts: &[Forecast]) -> Vec<Option<String>> {
    let Some(who) = &setup.options.provenance.untrusted else {
        return vec![None; forecasts.len()];
    };
    let trust = Trust {
        gate: &setup.gate,
        options: &setup.options,
        variables: &*setup.variables,
    };
    let checks = setup.gate.checks.iter().zip(forecasts);
    checks
        .map(|(entry, forecast)| trust.left_out(entry, forecast, who))
        .collect()
}

/// How far the change of a run is trusted.
pub(crate) struct Trust<'r> {
    pub(crate) gate: &'r Gate,
    pub(crate) options: &'r Options,
    pub(crate) variables: &'r dyn Variables,
}

impl Trust<'_> {
    /// Whether the gate starts the candidate, where the gate file says how.
    pub(crate) fn starts(&self) -> bool {
        let Some(start) = &self.gate.environment.start else {
            return false;
        };
        self.options.provenance.untrusted.is_none()
            || (self.options.allow_start && self.has_all(&secrets::of_starting(start)))
    }

    fn left_out(&self, entry: &Entry, forecast: &Forecast, who: &str) -> Option<String> {
        let may = entry.kind.meta().ports.contains(&Port::Processes);
        let runs_programs = may && !forecast.starts_nothing;
        if runs_programs && !self.options.allow_start {
            return Some(format!("it runs a program, and this is {who}"));
        }
        let online = forecast.requests > 0;
        if online && self.gate.environment.start.is_some() && !self.starts() {
            return Some(format!("the candidate is not started for {who}"));
        }
        let needed = self.needed(entry, forecast, online);
        (!self.has_all(&needed)).then(|| format!("it needs secrets, which {who} does not get"))
    }

    fn needed(&self, entry: &Entry, forecast: &Forecast, online: bool) -> BTreeSet<String> {
        let own = entry.common.identity.as_ref();
        let acting: BTreeSet<&IdentityName> = own
            .map(|identity| &identity.value)
            .into_iter()
            .chain(&forecast.identities)
            .collect();
        let identities = self.gate.identities.iter();
        let acting = identities.filter(|identity| acting.contains(&identity.name));
        let mut needed = secrets::of_identities(acting);
        needed.extend(forecast.secrets.iter().cloned());
        if online {
            needed.extend(secrets::of_place(&self.gate.environment));
        }
        needed
    }

    fn has_all(&self, names: &BTreeSet<String>) -> bool {
        let there = |name: &String| {
            let value = self.variables.get(name);
            value.is_some_and(|value| !value.expose().is_empty())
        };
        names.is_empty() || (!self.options.withhold_secrets && names.iter().all(there))
    }
}
