//! What `access` says about a route.

use std::collections::BTreeSet;

use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::name::IdentityName;

use super::codes;
use super::config::Person;
use super::matrix::{Known, Row, Who};
use super::pattern::Pattern;
use crate::attack::Story;
use crate::specification::openapi::Operation;

/// Who did it, as a sentence begins.
fn begins(who: Option<&Person>) -> String {
    match who {
        Some(Person {
            name,
            role: Some(role),
            ..
        }) => format!("`{name}` ({role})"),
        Some(person) => format!("`{}`", person.name),
        None => "Anybody".to_owned(),
    }
}

/// Who is meant, as a subject has it.
fn short(who: Option<&Person>) -> &str {
    who.map_or("without a login", |person| person.name.as_str())
}

/// Who may, for people.
fn may(who: &Who) -> String {
    match who {
        Who::Everybody => "everybody".to_owned(),
        Who::SomeLogin => "whoever is logged in".to_owned(),
        Who::Only(names) => listed(names),
    }
}

/// Who may and nobody else, as a sentence ends.
fn only(who: &Who) -> String {
    match who {
        Who::Only(names) if names.is_empty() => "which nobody may".to_owned(),
        who => format!("which only {} may", may(who)),
    }
}

fn listed(names: &BTreeSet<IdentityName>) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn about(row: &Row<'_>, info: &CodeInfo, title: String, who: Option<&Person>) -> Finding {
    let finding = Finding::new(info, row.location.clone(), title).subject(format!(
        "{} {}",
        row.name(),
        short(who)
    ));
    match &row.source {
        Some(source) => finding.related("the route", source.clone()),
        None => finding,
    }
}

/// Somebody who may not was shown the data.
pub(super) fn leaked(row: &Row<'_>, who: Option<&Person>, story: &Story) -> Finding {
    let name = row.name();
    let finding = match who {
        None => {
            let title = format!("Anybody can read {name} without a login");
            about(row, &codes::OPEN, title, who).advice(format!(
                "Refuse the request before anything is read, unless somebody is logged in who may. If the route is \
                 meant for everybody, list `{name}` under `public`."
            ))
        }
        Some(_) => {
            let title = format!("{} can read {name}, {}", begins(who), only(&row.who));
            about(row, &codes::ROLE_BYPASS, title, who).advice(
                "Check on the server, in the route itself, that whoever asks has the right for it: a hidden button \
                 keeps nobody out. If they may, add them to the route's list.",
            )
        }
    };
    story.told(finding)
}

/// A refusal shows the data.
pub(super) fn in_refusal(row: &Row<'_>, who: Option<&Person>, story: &Story) -> Finding {
    let title = format!(
        "{} is refused at {} and gets the data all the same",
        begins(who),
        row.name()
    );
    let finding = about(row, &codes::DATA_IN_REFUSAL, title, who).advice(
        "Decide first and read afterwards: the answer of a refusal must not be made from what it refuses.",
    );
    story.told(finding)
}

/// A write of somebody who may not was taken.
pub(super) fn written(row: &Row<'_>, who: Option<&Person>, story: &Story) -> Finding {
    let name = row.name();
    let finding = match who {
        None => {
            let title = format!("Anybody can change data with {name} without a login");
            about(row, &codes::PUBLIC_WRITE, title, who).advice(format!(
                "Refuse the request before its body is read, unless somebody is logged in who may. If strangers must \
                 send it, list `{name}` under `public`."
            ))
        }
        Some(_) => {
            let title = format!(
                "{} can change data with {name}, {}",
                begins(who),
                only(&row.who)
            );
            about(row, &codes::ROLE_BYPASS, title, who)
                .severity(Severity::Critical)
                .advice(
                    "Check on the server, in the route itself and before anything is written, that whoever asks has \
                     the right for it. If they may, add them to the route's list.",
                )
        }
    };
    story.told(finding)
}

/// A write was refused and made.
pub(super) fn changed(row: &Row<'_>, who: Option<&Person>, story: &Story) -> Finding {
    let title = format!(
        "{} is refused at {} and the change is made all the same",
        begins(who),
        row.name()
    );
    let finding = about(row, &codes::CHANGED_THOUGH_REFUSED, title, who).advice(
        "Check the right before the first write, or put check and write into one transaction that is rolled back.",
    );
    story.told(finding)
}

/// Somebody is refused what they may do.
pub(super) fn locked_out(row: &Row<'_>, who: Option<&Person>, seen: String) -> Finding {
    let title = match who {
        Some(_) => format!(
            "{} is refused at {}, which the matrix allows",
            begins(who),
            row.name()
        ),
        None => format!(
            "Visitors are refused at {}, which the matrix calls public",
            row.name()
        ),
    };
    about(row, &codes::LOCKED_OUT, title, who)
        .advice(
            "If they may, mend the rule that refuses them; if they may not, correct the matrix.",
        )
        .evidence("answer", seen)
}

/// Nobody decided who may use a route.
pub(super) fn unlisted(known: &Known<'_>, matrix: tidegate_core::span::Location) -> Finding {
    let name = known.name();
    Finding::new(
        &codes::UNLISTED_ROUTE,
        known.location.clone(),
        format!("{name} is not in the access matrix"),
    )
    .subject(name.clone())
    .related("the matrix", matrix)
    .advice(if known.operation.is_some_and(Operation::anonymous) {
        format!(
            "The document lets everybody use it. If that is right, add `{name}` under `public`; else mend its \
             `security` in the document and add it under `routes`."
        )
    } else {
        format!(
            "Decide who may use it: add `{name}` under `routes` with a list of who may, or under `public`. Until then \
             it is tried as one that needs a login. `tidegate draft access` proposes a row."
        )
    })
}

/// The matrix lists what is not there.
pub(super) fn stale(pattern: &Pattern) -> Finding {
    let name = pattern.name();
    Finding::new(
        &codes::STALE_ROUTE,
        pattern.span.location(),
        format!("The matrix lists {name}, which neither the document nor the code has"),
    )
    .subject(name)
    .advice("Take the row out, or write the name that the route has now.")
}
