//! What the portal sends to its clients by itself.

use super::rules::operations as rules;
use super::{Diff, Pair, content, followed};
use crate::specification::openapi::Operation;
use crate::specification::{At, Direction};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What changed about the calls that an operation leads to.
pub(super) fn of_operations<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>) {
    let (base, head) = (diff.old(pair.base.place), diff.new(pair.head.place));
    let (old, new) = (calls(base), calls(head));
    for call in &old {
        let subject = format!("{} callback {}", pair.subject, call.name);
        match new.iter().find(|other| other.name == call.name) {
            Some(other) => sent(diff, &subject, call.at, other.at),
            None => {
                let text = format!("the callback {} is gone", call.name);
                diff.tell(
                    &rules::CALLBACK_REMOVED,
                    subject,
                    text,
                    Some(call.at),
                    Some(head),
                );
            }
        }
    }
    for call in &new {
        if old.iter().all(|other| other.name != call.name) {
            let subject = format!("{} callback {}", pair.subject, call.name);
            let text = format!("the callback {} is new", call.name);
            diff.tell(
                &rules::CALLBACK_ADDED,
                subject,
                text,
                Some(base),
                Some(call.at),
            );
        }
    }
}

/// A call of a client by the portal.
struct Call<'d> {
    name: String,
    at: At<'d>,
}

/// The calls of an operation: each callback has paths, and each path methods.
fn calls(operation: At<'_>) -> Vec<Call<'_>> {
    let mut calls = Vec::new();
    for (name, callback) in operation.get("callbacks").into_iter().flat_map(At::entries) {
        for (path, item) in followed(callback).entries() {
            let item = followed(item);
            for method in METHODS {
                if let Some(at) = item.get(method) {
                    let method = method.to_ascii_uppercase();
                    calls.push(Call {
                        name: format!("{name} {method} {path}"),
                        at,
                    });
                }
            }
        }
    }
    calls
}

/// What is sent comes from the portal, so that clients see it as they see an answer.
fn sent<'d>(diff: &mut Diff<'d>, subject: &str, base: At<'d>, head: At<'d>) {
    let bodies = (base.get("requestBody"), head.get("requestBody"));
    let (Some(base), Some(head)) = bodies else {
        return;
    };
    let (base, head) = (followed(base), followed(head));
    let media_types = |body: At<'d>| body.get("content").into_iter().flat_map(At::entries);
    for (name, old) in media_types(base) {
        let mut all = media_types(head);
        if let Some((_, new)) =
            all.find(|(other, _)| content::normal(other) == content::normal(name))
        {
            let schema = |at: At<'d>| followed(at).get("schema").map(At::place);
            diff.schemas(
                schema(old),
                schema(new),
                Direction::Response,
                &format!("{subject} {name}"),
            );
        }
    }
}

/// What changed about the webhooks of the documents.
pub(super) fn webhooks(diff: &mut Diff<'_>) {
    let (base, head) = (&diff.base.webhooks, &diff.head.webhooks);
    let same =
        |one: &Operation, other: &Operation| one.path == other.path && one.method == other.method;
    let subject = |one: &Operation| format!("webhook {} {}", one.path, one.method);
    for old in base {
        match head.iter().find(|new| same(old, new)) {
            Some(new) => {
                let (before, after) = (diff.old(old.place), diff.new(new.place));
                sent(diff, &subject(old), before, after);
            }
            None => {
                let text = format!("the webhook {} is gone", old.path);
                let root = diff.head.library.root();
                let place = root.get("webhooks").unwrap_or(root);
                diff.tell(
                    &rules::CALLBACK_REMOVED,
                    subject(old),
                    text,
                    Some(diff.old(old.place)),
                    Some(place),
                );
            }
        }
    }
    for new in head {
        if base.iter().all(|old| !same(old, new)) {
            let text = format!("the webhook {} is new", new.path);
            diff.tell(
                &rules::CALLBACK_ADDED,
                subject(new),
                text,
                None,
                Some(diff.new(new.place)),
            );
        }
    }
}
