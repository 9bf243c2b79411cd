//! What the portal sends to its clients by itself.

use std::collections::{HashMap, HashSet};

use super::rules::operations as rules;
use super::{Diff, Pair, content, followed};
use crate::specification::openapi::Operation;
use crate::specification::{At, Direction};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What changed about the calls that an operation leads to.
pub(super) fn of_operations<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>) {
    let (base, head) = (diff.in_base(pair.base.place), diff.in_head(pair.head.place));
    let (old, new) = (calls(base), calls(head));
    let in_base: HashMap<&str, At<'d>> = named(&old);
    let in_head: HashMap<&str, At<'d>> = named(&new);
    for call in &old {
        let subject = format!("{} callback {}", pair.subject, call.name);
        match in_head.get(call.name.as_str()) {
            Some(other) => sent(diff, &subject, call.at, *other),
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
        if !in_base.contains_key(call.name.as_str()) {
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

fn named<'c, 'd>(calls: &'c [Call<'d>]) -> HashMap<&'c str, At<'d>> {
    let calls = calls.iter();
    calls.map(|call| (call.name.as_str(), call.at)).collect()
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
    let in_head: HashMap<String, At<'d>> = media_types(head)
        .map(|(name, new)| (content::normal(name), new))
        .collect();
    let schema = |at: At<'d>| followed(at).get("schema").map(At::place);
    for (name, old) in media_types(base) {
        if let Some(new) = in_head.get(&content::normal(name)) {
            let subject = format!("{subject} {name}");
            diff.schemas(schema(old), schema(*new), Direction::Response, &subject);
        }
    }
}

/// What changed about the webhooks of the documents.
pub(super) fn webhooks(diff: &mut Diff<'_>) {
    let (base, head) = (&diff.base.webhooks, &diff.head.webhooks);
    let subject = |one: &Operation| format!("webhook {} {}", one.path, one.method);
    let in_base: HashSet<String> = base.iter().map(subject).collect();
    let in_head: HashMap<String, &Operation> = head.iter().map(|one| (subject(one), one)).collect();
    for old in base {
        match in_head.get(&subject(old)) {
            Some(new) => {
                let (before, after) = (diff.in_base(old.place), diff.in_head(new.place));
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
                    Some(diff.in_base(old.place)),
                    Some(place),
                );
            }
        }
    }
    for new in head {
        if !in_base.contains(&subject(new)) {
            let text = format!("the webhook {} is new", new.path);
            diff.tell(
                &rules::CALLBACK_ADDED,
                subject(new),
                text,
                None,
                Some(diff.in_head(new.place)),
            );
        }
    }
}
