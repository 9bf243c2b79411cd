//! Keys of one environment that belong together.

use std::collections::BTreeSet;

use super::super::codes;
use super::super::facts::{Mode, Pair};
use super::super::model::{Side, Variable};
use super::{Judge, found, guarded, key};

impl Judge<'_> {
    /// Holds addresses, keys and modes of an environment against each other, part by part.
    pub(super) fn together(&mut self, side: &Side) {
        let scopes: BTreeSet<&str> = side
            .variables
            .iter()
            .map(|one| one.scope.as_str())
            .collect();
        for scope in scopes {
            let part = side.variables.iter().filter(|one| one.scope == scope);
            let part: Vec<&Variable> = part.collect();
            self.projects(side, &part);
            self.pairs(side, &part);
        }
    }

    fn projects(&mut self, side: &Side, part: &[&Variable]) {
        let with_project = part.iter().filter_map(|variable| {
            let project = variable.facts.as_ref()?.project.as_ref()?;
            (project.provider == "Supabase").then_some((*variable, project))
        });
        let (addresses, keys): (Vec<_>, Vec<_>) =
            with_project.partition(|(_, project)| project.address);
        let Some((address, _)) = addresses.first() else {
            return;
        };
        for (variable, project) in keys {
            self.evaluated(1);
            if !addresses
                .iter()
                .any(|(_, known)| known.print == project.print)
            {
                let says = "belong to different Supabase projects";
                self.mismatch(side, variable, address, says);
            }
        }
    }

    fn pairs(&mut self, side: &Side, part: &[&Variable]) {
        let of = |wanted: Pair| {
            let ours = part.iter().filter_map(move |variable| {
                let facts = variable.facts.as_ref()?;
                (facts.pair == Some(wanted)).then_some((*variable, facts.mode))
            });
            ours.collect::<Vec<(&Variable, Mode)>>()
        };
        let (public, secret) = (of(Pair::Publishable), of(Pair::Secret));
        let (Some((first, _)), Some((second, _))) = (public.first(), secret.first()) else {
            return;
        };
        self.evaluated(1);
        let agree = public
            .iter()
            .any(|(_, mode)| secret.iter().any(|(_, other)| mode == other));
        if !agree {
            self.mismatch(side, first, second, "belong to different modes of Stripe");
        }
    }

    fn mismatch(&mut self, side: &Side, one: &Variable, other: &Variable, says: &str) {
        let title = format!(
            "{} and {} of {} {says}",
            one.title(),
            other.title(),
            side.name
        );
        let finding = found(&codes::KEY_MISMATCH, one.place.clone(), title)
            .related(other.title(), other.place.clone());
        let finding = guarded(guarded(finding, one), other);
        self.add(finding, vec![key(one), key(other)]);
    }
}
