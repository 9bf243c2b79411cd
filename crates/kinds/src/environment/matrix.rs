//! The report of environments and variables, without a value.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::check::Table;

use super::facts::{self, Mode};
use super::gather::Gathered;
use super::judge::Judgement;
use super::model::{Side, titled};

/// The most rows that are shown.
const ROW_LIMIT: usize = 60;

/// A part of the project and a name.
type RowKey = (String, String);

/// A row for each variable, a column for each environment; those with a problem come first.
pub(super) fn matrix(gathered: &Gathered, judgement: &Judgement) -> Option<Table> {
    let problems = problems(judgement);
    let names = gathered.sides.iter().flat_map(|side| {
        let variables = side.variables.iter();
        variables.map(|variable| (variable.scope.clone(), variable.name.clone()))
    });
    let expected = gathered.expected.iter().filter(|expected| {
        let mut sides = gathered.sides.iter();
        !sides.any(|side| side.variables.iter().any(|one| one.name == expected.name))
    });
    let expected = expected.map(|expected| (expected.scope.clone(), expected.name.clone()));
    let all: BTreeSet<RowKey> = names.chain(expected).collect();
    if all.is_empty() || gathered.sides.is_empty() {
        return None;
    }
    let mut all: Vec<RowKey> = all.into_iter().collect();
    all.sort_by_key(|key| problems.get(key).map_or(usize::MAX, |(rank, _)| *rank));
    let equal = equal_sides(judgement);
    let mut rows: Vec<Vec<String>> = all
        .iter()
        .take(ROW_LIMIT)
        .map(|key| {
            let mut row = vec![titled(&key.0, &key.1)];
            row.extend(gathered.sides.iter().map(|side| cell(side, key, &equal)));
            let codes = problems.get(key).map(|(_, codes)| codes.join(", "));
            row.push(codes.unwrap_or_default());
            row
        })
        .collect();
    if all.len() > ROW_LIMIT {
        let mut row = vec![format!("and {} more", all.len() - ROW_LIMIT)];
        row.resize(gathered.sides.len() + 2, String::new());
        rows.push(row);
    }
    let mut columns = vec!["variable".to_owned()];
    columns.extend(gathered.sides.iter().map(|side| side.name.clone()));
    columns.push("found".to_owned());
    Some(Table {
        title: "Variables by environment".to_owned(),
        columns,
        rows,
    })
}

/// The rank of each variable with a problem, worst first, and what was found, in short.
fn problems(judgement: &Judgement) -> BTreeMap<RowKey, (usize, Vec<String>)> {
    let mut order: Vec<_> = judgement.judged.iter().collect();
    order.sort_by_key(|judged| std::cmp::Reverse(judged.finding.severity));
    let mut found: BTreeMap<RowKey, (usize, Vec<String>)> = BTreeMap::new();
    for (rank, judged) in order.into_iter().enumerate() {
        let code = judged.finding.code.as_str();
        let slug = code.split_once('/').map_or(code, |(_, slug)| slug);
        for key in &judged.about {
            let (_, codes) = found.entry(key.clone()).or_insert((rank, Vec::new()));
            if !codes.iter().any(|known| known == slug) {
                codes.push(slug.to_owned());
            }
        }
    }
    found
}

/// Environment, part of the project and name of a variable.
type Member = (String, String, String);

/// For each variable of an environment, each other environment with which it has something in
/// common, in words.
fn equal_sides(judgement: &Judgement) -> BTreeMap<Member, BTreeMap<String, String>> {
    let mut equal: BTreeMap<Member, BTreeMap<String, String>> = BTreeMap::new();
    for equality in &judgement.equalities {
        for member in &equality.members {
            let others = equality.members.iter().filter(|other| other.0 != member.0);
            let known = equal.entry(member.clone()).or_default();
            for other in others {
                // Equal values come last, and say the most.
                known.insert(other.0.clone(), format!("{} {}", equality.sign, other.0));
            }
        }
    }
    equal
}

fn cell(
    side: &Side,
    (scope, name): &RowKey,
    equal: &BTreeMap<Member, BTreeMap<String, String>>,
) -> String {
    let Some(variable) = side.get(scope, name) else {
        return "missing".to_owned();
    };
    let Some(facts) = &variable.facts else {
        return "name only".to_owned();
    };
    if facts.empty {
        return "empty".to_owned();
    }
    let mut notes: Vec<String> = Vec::new();
    match facts.mode {
        Mode::Live => notes.push("live".to_owned()),
        Mode::Test => notes.push("test".to_owned()),
        Mode::Unsaid => {}
    }
    let hosts = &facts.hosts;
    if hosts.iter().any(|sort| sort.is_local()) {
        notes.push("local host".to_owned());
    } else if hosts.iter().any(|sort| sort.is_staging()) {
        notes.push("staging host".to_owned());
    }
    if facts::is_public(name) {
        notes.push("public".to_owned());
    }
    if variable.inherited {
        notes.push("inherited".to_owned());
    }
    let same = equal.get(&(side.name.clone(), scope.clone(), name.clone()));
    let same = same.into_iter().flat_map(BTreeMap::values).cloned();
    notes.extend(same);
    if notes.is_empty() {
        "set".to_owned()
    } else {
        format!("set ({})", notes.join(", "))
    }
}
