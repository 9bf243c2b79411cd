//! The environments of two states of a gate file.

use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::node::{Node, Value};
use tidegate_core::span::Span;

use super::measure::{measure, same};
use super::parts;
use super::remark::{NOTHING, Remark, brief};
use crate::environments::kind_as_written;
use crate::written::Laid;

/// Other origins that are at another address.
pub(super) fn apis(before: Option<&Node>, after: Option<&Node>) -> Vec<Remark> {
    let (Some(before), Some(after)) = (before, after) else {
        return Vec::new();
    };
    let mut remarks = Vec::new();
    parts::keys(before, after, |name, sides| {
        let url = |side: Option<&'_ Node>| side.and_then(|node| node.get("url")).cloned();
        if let (Some(was), Some(is)) = (url(sides.before), url(sides.after))
            && !same(&was, &is)
        {
            let title = format!("The api `{name}` is at another address");
            remarks.push(Remark::other(title, is.span.clone()).evidence(brief(&was), brief(&is)));
        }
    });
    remarks
}

/// Compares the environments themselves; `gone` is the line for those that the change has no more.
pub(super) fn compare(before: &[Laid], after: &[Laid], gone: &Span) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for old in before {
        let writable = kind_as_written(&old.node).writable();
        match after.iter().find(|new| new.key.text == old.key.text) {
            Some(new) => remarks.extend(environment(old, new)),
            // Under another name it is the same place.
            None if after.iter().any(|new| is_renamed(old, new, before)) => {}
            None if !writable => remarks.push(
                Remark::weaker(
                    Severity::High,
                    format!("The production environment `{}` was removed", old.key.text),
                    gone.clone(),
                )
                .evidence(address(&old.node), NOTHING)
                .gone(&old.key.span),
            ),
            None => {}
        }
    }
    remarks
}

/// Whether an environment that was added is another one under a new name.
fn is_renamed(old: &Laid, new: &Laid, before: &[Laid]) -> bool {
    let url = |laid: &Laid| laid.node.get("url").cloned();
    let (was, is) = (url(old), url(new));
    before.iter().all(|known| known.key.text != new.key.text)
        && !kind_as_written(&new.node).writable()
        && was.zip(is).is_some_and(|(was, is)| same(&was, &is))
}

fn address(node: &Node) -> String {
    node.get("url").map_or_else(|| NOTHING.to_owned(), brief)
}

fn environment(old: &Laid, new: &Laid) -> Vec<Remark> {
    let name = &new.key.text;
    let place = |key: &str| {
        new.node
            .get(key)
            .map_or(&new.key.span, |node| &node.span)
            .clone()
    };
    let (before, after) = (kind_as_written(&old.node), kind_as_written(&new.node));
    let mut remarks = Vec::new();
    if !before.writable() && after.writable() {
        let title =
            format!("The environment `{name}` is no longer production: checks may write to it");
        remarks.push(
            Remark::weaker(Severity::High, title, place("kind"))
                .evidence(word(before), word(after)),
        );
    }
    let (was, is) = (old.node.get("url"), new.node.get("url"));
    if let (Some(was), Some(is)) = (was, is)
        && !same(was, is)
    {
        let title = format!("The environment `{name}` is at another address");
        remarks.push(Remark::other(title, is.span.clone()).evidence(brief(was), brief(is)));
    }
    let (was, is) = (old.node.get("start"), new.node.get("start"));
    if let Some(is) = is
        && was.is_none_or(|was| !same(was, is))
    {
        let title = format!("The environment `{name}` starts the candidate another way");
        remarks.push(Remark::other(title, is.span.clone()));
    }
    remarks.extend(apis(old.node.get("apis"), new.node.get("apis")));
    let rate = |node: &Node| node.get("rate").and_then(|rate| measure(&rate.value));
    let raised = match (rate(&old.node), rate(&new.node)) {
        (Some(was), Some(is)) => is > was,
        // Production has a rate of its own when none is said.
        (None, Some(is)) => !after.writable() && Some(is) > measure(&Value::Integer(USUAL_RATE)),
        (_, None) => false,
    };
    if raised {
        let title = format!("More requests a second may go to the environment `{name}`");
        let text = |node: &Node| node.get("rate").map_or_else(|| NOTHING.to_owned(), brief);
        remarks.push(
            Remark::weaker(Severity::Low, title, place("rate"))
                .evidence(text(&old.node), text(&new.node)),
        );
    }
    remarks
}

/// The most requests a second that production gets when the gate file does not say.
const USUAL_RATE: i64 = 10;

fn word(kind: EnvironmentKind) -> &'static str {
    match kind {
        EnvironmentKind::Preview => "preview",
        EnvironmentKind::Staging => "staging",
        EnvironmentKind::Local => "local",
        EnvironmentKind::Production => "production",
    }
}
