//! What one variable says that does not fit its environment.

use std::collections::BTreeSet;

use tidegate_core::meta::CodeInfo;

use super::super::codes;
use super::super::facts::{self, Facts, HostSort, Mode, Word};
use super::super::model::{Role, Side, Variable};
use super::{Judge, found, guarded, key};
use tidegate_core::meta::Confidence;

impl Judge<'_> {
    pub(super) fn single(&mut self, side: &Side, variable: &Variable) {
        let Some(facts) = &variable.facts else {
            return;
        };
        self.evaluated(1);
        if side.is_production() {
            self.hosts(side, variable, facts);
            self.switches(side, variable, facts);
        }
        self.modes(side, variable, facts);
        self.sentry(side, variable, facts);
        if facts.demo && side.role != Role::Local {
            let says = "was issued by `supabase-demo`";
            self.about(&codes::DEMO_ISSUER, side, variable, says);
        }
    }

    fn hosts(&mut self, side: &Side, variable: &Variable, facts: &Facts) {
        let name = &variable.name;
        let listens = facts.bare_host && facts::holds_bind_address(name);
        if listens || facts::never_called(name) || facts::says_other_environment(name) {
            return;
        }
        let public = facts::is_public(name);
        let local =
            |sort: &HostSort| sort.is_local() || (public && *sort == HostSort::PrivateNetwork);
        let staging =
            |sort: &HostSort| sort.is_staging() && (!facts.bare_host || facts::says_address(name));
        let Some(sort) = facts
            .hosts
            .iter()
            .copied()
            .find(|sort| local(sort) || staging(sort))
        else {
            return;
        };
        let code: &CodeInfo = if facts::is_cors_list(name) {
            &codes::CORS_ORIGIN
        } else if local(&sort) && facts::is_redirect(name) {
            &codes::OAUTH_REDIRECT
        } else if local(&sort) {
            &codes::LOCAL_HOST
        } else {
            &codes::STAGING_HOST
        };
        self.about(code, side, variable, &format!("names {}", sort.name()));
    }

    fn switches(&mut self, side: &Side, variable: &Variable, facts: &Facts) {
        let name = variable.name.as_str();
        let debugs = facts::is_debug(name) && facts.word == Some(Word::On);
        let develops = facts::is_mode_switch(name) && facts.word == Some(Word::Local);
        if debugs || develops {
            self.about(&codes::DEBUG_ON, side, variable, "switches debugging on");
        }
        if name == "NODE_ENV" && !facts.empty && facts.word != Some(Word::Production) {
            self.about(&codes::NODE_ENV, side, variable, "is not `production`");
        }
    }

    fn modes(&mut self, side: &Side, variable: &Variable, facts: &Facts) {
        if facts.mode == Mode::Test && side.is_production() && !facts::says_test(&variable.name) {
            self.about(&codes::TEST_KEY, side, variable, "is a test key");
        }
        if facts.mode == Mode::Live && side.role.is_for_tests() {
            self.about(&codes::LIVE_KEY, side, variable, "is a live key");
        }
    }

    fn sentry(&mut self, side: &Side, variable: &Variable, facts: &Facts) {
        let Some(word) = facts
            .word
            .filter(|_| facts::is_sentry_environment(&variable.name))
        else {
            return;
        };
        let says_production = word == Word::Production;
        let wrong = if side.is_production() {
            !says_production
        } else {
            says_production && side.role.is_for_tests()
        };
        if wrong && !facts.empty {
            let says = "names another environment";
            self.about(&codes::SENTRY_ENVIRONMENT, side, variable, says);
        }
    }

    /// A build copies them wherever it runs, so each is told once, with all its environments.
    pub(super) fn public_secrets(&mut self) {
        let mut told = BTreeSet::new();
        for side in &self.gathered.sides {
            for variable in &side.variables {
                let Some(confidence) = exposed(variable) else {
                    continue;
                };
                if !told.insert(key(variable)) {
                    continue;
                }
                let sides = self.gathered.sides.iter();
                let sides: Vec<&str> = sides
                    .filter(|side| side.get(&variable.scope, &variable.name).is_some())
                    .map(|side| side.name.as_str())
                    .collect();
                let what = variable
                    .facts
                    .as_ref()
                    .map_or("a secret by its name", |facts| &facts.what);
                let title = format!(
                    "{} is copied into the browser's code and is a secret",
                    variable.title()
                );
                let code = &codes::PUBLIC_SECRET;
                let finding = found(code, variable.place.clone(), title)
                    .confidence(confidence)
                    .evidence("value", what)
                    .evidence("environments", sides.join(", "));
                let (finding, about) = (guarded(finding, variable), vec![key(variable)]);
                self.add(finding, about);
            }
        }
    }
}

/// How sure it is that a public name holds a secret.
fn exposed(variable: &Variable) -> Option<Confidence> {
    if !facts::is_public(&variable.name) {
        return None;
    }
    let forbidden = facts::is_forbidden_in_public(&variable.name);
    match &variable.facts {
        Some(facts) if facts.secret() => Some(Confidence::High),
        None if forbidden => Some(Confidence::Low),
        Some(_) | None => None,
    }
}
