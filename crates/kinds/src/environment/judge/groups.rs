//! The same value, database or project in several environments, under whatever name.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::meta::{CodeInfo, Confidence, Severity};

use super::super::codes;
use super::super::facts::{self, Facts, Mode};
use super::super::gather::Gathered;
use super::super::model::{Side, Variable};
use super::super::print::Print;
use super::{Judge, found, guarded, key, severity_with};

/// A variable in its environment.
type Member<'m> = (&'m Side, &'m Variable);

/// The most findings about shared things.
const GROUP_LIMIT: usize = 100;

/// Variables of several environments that have something in common.
#[derive(Debug, Clone)]
pub(in super::super) struct Equality {
    /// What stands before the name of the other environment: `=`, `same database as`.
    pub(in super::super) sign: &'static str,
    /// Environment, part of the project and name of each.
    pub(in super::super) members: Vec<(String, String, String)>,
}

impl<'j> Judge<'j> {
    /// Finds what several environments have in common.
    pub(super) fn groups(&mut self) {
        let reported = self.databases();
        self.projects_shared(&reported);
        self.values();
    }

    /// The projects whose databases were reported.
    fn databases(&mut self) -> BTreeSet<Print> {
        let mut reported = BTreeSet::new();
        let groups = self.grouped(|facts| Some(facts.database.as_ref()?.print.clone()));
        for members in groups {
            if !production(&members) {
                continue;
            }
            let private = |(_, variable): &Member<'_>| {
                let database = variable
                    .facts
                    .as_ref()
                    .and_then(|facts| facts.database.as_ref());
                database.is_some_and(|database| database.private)
            };
            let confidence = if members.iter().any(private) {
                Confidence::Low
            } else {
                Confidence::High
            };
            let projects = members.iter().filter_map(|(_, variable)| {
                let project = variable.facts.as_ref()?.project.as_ref()?;
                Some(project.print.clone())
            });
            reported.extend(projects);
            self.equal("same database as", &members);
            let code = &codes::SHARED_DATABASE;
            self.group(
                code,
                code.severity,
                confidence,
                "the same database",
                &members,
            );
        }
        reported
    }

    fn projects_shared(&mut self, reported: &BTreeSet<Print>) {
        let groups = self.grouped(|facts| Some(facts.project.as_ref()?.print.clone()));
        for members in groups {
            let project = |(_, variable): &Member<'_>| {
                variable
                    .facts
                    .as_ref()
                    .and_then(|facts| facts.project.clone())
            };
            let projects: Vec<_> = members.iter().filter_map(project).collect();
            if projects
                .iter()
                .any(|project| reported.contains(&project.print))
            {
                continue;
            }
            self.equal("same project as", &members);
            let service = projects.iter().any(|project| project.service);
            let severity = severity_with(production(&members) && service);
            let provider = projects.first().map_or("", |project| &project.provider);
            let what = format!("the same {provider} project");
            self.group(
                &codes::SHARED_PROJECT,
                severity,
                Confidence::High,
                &what,
                &members,
            );
        }
    }

    fn values(&mut self) {
        let groups = self.grouped(|facts| facts.print.clone());
        for members in groups {
            self.equal("=", &members);
            self.same_value(&members);
        }
    }

    fn equal(&mut self, sign: &'static str, members: &[Member<'j>]) {
        let members = members.iter().map(|(side, variable)| {
            let (scope, name) = key(variable);
            (side.name.clone(), scope, name)
        });
        let members = members.collect();
        self.found.equalities.push(Equality { sign, members });
    }

    fn same_value(&mut self, members: &[Member<'j>]) {
        let facts = || {
            members
                .iter()
                .filter_map(|(_, variable)| variable.facts.as_ref())
        };
        let what = facts()
            .map(|facts| facts.what.clone())
            .next()
            .unwrap_or_default();
        let analytics = members
            .iter()
            .any(|(_, variable)| facts::is_analytics(&variable.name));
        let production = production(members);
        let same_database = facts().all(|facts| facts.database.is_some()) && production;
        let test = facts().any(|facts| facts.mode == Mode::Test);
        let live = facts().any(|facts| facts.mode == Mode::Live);
        let high = Confidence::High;
        if facts().any(Facts::secret) {
            let powerful = facts().any(|facts| facts.powerful);
            if test || same_database {
                // Test keys are there to be passed around; the database was told already.
            } else if powerful {
                let code = &codes::SHARED_SERVICE_KEY;
                self.group(
                    code,
                    severity_with(production || live),
                    high,
                    &what,
                    members,
                );
            } else {
                self.group(&codes::SHARED_SECRET, Severity::Low, high, &what, members);
            }
        } else if analytics && production {
            self.group(
                &codes::SHARED_ANALYTICS,
                Severity::Low,
                high,
                &what,
                members,
            );
        }
    }

    /// The variables that share what `pick` takes from their facts, where several environments do
    /// and nobody allowed it.
    fn grouped(&mut self, pick: impl Fn(&Facts) -> Option<Print>) -> Vec<Vec<Member<'j>>> {
        let gathered: &'j Gathered = self.gathered;
        let mut groups: BTreeMap<Print, Vec<Member<'j>>> = BTreeMap::new();
        for side in &gathered.sides {
            for variable in &side.variables {
                if let Some(print) = variable.facts.as_ref().and_then(&pick) {
                    groups.entry(print).or_default().push((side, variable));
                }
            }
        }
        self.evaluated(groups.len());
        let mut shared: Vec<Vec<Member<'j>>> = groups
            .into_values()
            .filter(|members| sides(members).len() > 1)
            .filter(|members| {
                let mut names = members.iter().map(|(_, variable)| &variable.name);
                !names.any(|name| self.may_be_shared(name))
            })
            .take(GROUP_LIMIT)
            .collect();
        // Fingerprints are in no order that means anything.
        shared.sort_by_key(|members| members.first().map(|(_, variable)| variable.title()));
        shared
    }

    fn group(
        &mut self,
        code: &CodeInfo,
        severity: Severity,
        confidence: Confidence,
        what: &str,
        members: &[Member<'j>],
    ) {
        let Some((_, first)) = members.first() else {
            return;
        };
        let mut finding = found(code, first.place.clone(), equation(members))
            .severity(severity)
            .confidence(confidence)
            .evidence("shared", what);
        for (side, variable) in members.iter().skip(1).take(10) {
            let label = format!("{} of {}", variable.title(), side.name);
            finding = finding.related(label, variable.place.clone());
        }
        for side in sides(members) {
            let names = members.iter().filter(|(other, _)| other.name == side);
            let names: Vec<String> = names.map(|(_, variable)| variable.title()).collect();
            finding = finding.evidence(side, names.join(", "));
        }
        let inherited = members.iter().find(|(_, variable)| variable.inherited);
        if let Some((_, variable)) = inherited {
            finding = guarded(finding, variable);
        }
        let about = members.iter().map(|(_, variable)| key(variable));
        let about: BTreeSet<(String, String)> = about.collect();
        self.add(finding, about.into_iter().collect());
    }
}

/// The names of the environments, in order, each once.
fn sides<'m>(members: &[Member<'m>]) -> Vec<&'m str> {
    let mut names: Vec<&str> = members.iter().map(|(side, _)| side.name.as_str()).collect();
    names.dedup();
    names
}

fn production(members: &[Member<'_>]) -> bool {
    members.iter().any(|(side, _)| side.is_production())
}

/// `DATABASE_URL: production = preview`, or with both names when they differ.
fn equation(members: &[Member<'_>]) -> String {
    let mut firsts: Vec<&Member<'_>> = Vec::new();
    for member in members {
        if !firsts.iter().any(|known| known.0.name == member.0.name) {
            firsts.push(member);
        }
    }
    let titles: BTreeSet<String> = firsts
        .iter()
        .map(|(_, variable)| variable.title())
        .collect();
    if titles.len() == 1 {
        let sides: Vec<&str> = firsts.iter().map(|(side, _)| side.name.as_str()).collect();
        let title = titles.into_iter().next().unwrap_or_default();
        return format!("{title}: {}", sides.join(" = "));
    }
    let parts = firsts
        .iter()
        .map(|(side, variable)| format!("{} ({})", variable.title(), side.name));
    parts.collect::<Vec<_>>().join(" = ")
}
