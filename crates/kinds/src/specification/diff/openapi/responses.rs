//! What an operation answers.

use std::collections::HashMap;

use super::rules::{messages as rules, operations};
use super::{Diff, Index, Pair, content, pair_up};

use crate::specification::openapi::{Header, Response};
use crate::specification::{At, Direction};

/// What changed about the answers of an operation.
pub(super) fn compare<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>) {
    let (base, head) = (&pair.base.responses, &pair.head.responses);
    let keys = |responses: &[Response]| -> Vec<String> {
        let responses = responses.iter();
        responses
            .map(|one| one.status.to_ascii_uppercase())
            .collect()
    };
    let paired = pair_up(&keys(base), &keys(head), counterparts);
    for at in paired.lost {
        lost(diff, pair, &base[at]);
    }
    for at in paired.gained {
        let gained = &head[at];
        let subject = format!("{} {}", pair.subject, gained.status);
        let text = format!("{} is answered, too", called(&gained.status));
        let (old, new) = (diff.in_base(pair.base.place), diff.in_head(gained.place));
        diff.tell(&rules::RESPONSE_ADDED, subject, text, Some(old), Some(new));
    }
    for (old, new) in paired.pairs {
        both(diff, pair, &base[old], &head[new]);
    }
}

/// Under which of the others a status is looked for: its own, its range, the default.
fn counterparts(status: &str, others: &Index<'_>) -> Vec<String> {
    let mut names = vec![status.to_owned()];
    if status != DEFAULT {
        names.extend(status.get(..1).map(|digit| format!("{digit}XX")));
    }
    // Where successes are told one by one, the default is for errors.
    if !is_success(status) || !others.keys().any(|other| is_success(other)) {
        names.push(DEFAULT.to_owned());
    }
    names
}

/// The key of the answer to every status that has none of its own.
const DEFAULT: &str = "DEFAULT";

fn is_success(status: &str) -> bool {
    status.starts_with(['1', '2', '3'])
}

fn called(status: &str) -> String {
    if status.eq_ignore_ascii_case(DEFAULT) {
        "a default answer".to_owned()
    } else {
        status.to_owned()
    }
}

fn lost(diff: &mut Diff<'_>, pair: &Pair<'_>, lost: &Response) {
    let mut others = pair.base.responses.iter();
    let alone =
        lost.status.eq_ignore_ascii_case(DEFAULT) && !others.any(|other| is_success(&other.status));
    let rule = if is_success(&lost.status) || alone {
        &rules::SUCCESS_REMOVED
    } else {
        &rules::ERROR_REMOVED
    };
    let subject = format!("{} {}", pair.subject, lost.status);
    let text = format!("{} is no longer answered", called(&lost.status));
    let (old, new) = (diff.in_base(lost.place), diff.in_head(pair.head.place));
    let new = new.get("responses").unwrap_or(new);
    diff.tell(rule, subject, text, Some(old), Some(new));
}

fn both<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>, base: &'d Response, head: &'d Response) {
    let subject = format!("{} {}", pair.subject, base.status);
    headers(diff, &subject, base, head);
    links(diff, &subject, base, head);
    let (old, new) = (diff.in_base(base.place), diff.in_head(head.place));
    let mut paired = content::pairs(&base.content, &head.content);
    // A status that was the default's before, and is now told without a body, takes none away.
    if head.content.is_empty() && !base.status.eq_ignore_ascii_case(&head.status) {
        paired.lost.clear();
    }
    for at in paired.lost {
        let lost = &base.content[at];
        let comes = content::names(&head.content);
        let text = format!(
            "{} no longer comes in `{}`, only in {comes}",
            called(&base.status),
            lost.media_type
        );
        let subject = format!("{subject} {}", lost.media_type);
        diff.tell(
            &rules::RESPONSE_MEDIA_TYPE_REMOVED,
            subject,
            text,
            Some(diff.in_base(lost.place)),
            Some(new),
        );
    }
    for at in paired.gained {
        let gained = &head.content[at];
        let text = format!(
            "{} also comes in `{}`",
            called(&base.status),
            gained.media_type
        );
        let subject = format!("{subject} {}", gained.media_type);
        diff.tell(
            &rules::RESPONSE_MEDIA_TYPE_ADDED,
            subject,
            text,
            Some(old),
            Some(diff.in_head(gained.place)),
        );
    }
    for (base_at, head_at) in paired.pairs {
        let (base, head) = (&base.content[base_at], &head.content[head_at]);
        let subject = format!("{subject} {}", base.media_type);
        diff.schemas(base.schema, head.schema, Direction::Response, &subject);
    }
}

fn headers<'d>(diff: &mut Diff<'d>, subject: &str, base: &'d Response, head: &'d Response) {
    let key = |header: &Header| header.name.to_ascii_lowercase();
    let keys = |response: &'d Response| -> HashMap<String, &'d Header> {
        let headers = response.headers.iter().rev();
        headers.map(|header| (key(header), header)).collect()
    };
    let (in_base, in_head) = (keys(base), keys(head));
    // OpenAPI ignores a header of this name: the media types say it.
    let counts = |header: &&Header| !header.name.eq_ignore_ascii_case("content-type");
    for old in base.headers.iter().filter(counts) {
        let name = format!("{subject} header {}", old.name);
        let at = diff.in_base(old.place);
        let Some(new) = in_head.get(&key(old)) else {
            let rule = if old.required {
                &rules::HEADER_REMOVED
            } else {
                &rules::OPTIONAL_HEADER_REMOVED
            };
            let text = format!("the header `{}` is gone", old.name);
            diff.tell(rule, name, text, Some(at), Some(diff.in_head(head.place)));
            continue;
        };
        if old.required && !new.required {
            let text = format!("the header `{}` may now be missing", old.name);
            diff.tell(
                &rules::HEADER_OPTIONAL,
                &*name,
                text,
                Some(at),
                Some(diff.in_head(new.place)),
            );
        }
        diff.schemas(old.schema, new.schema, Direction::Response, &name);
    }
    for new in head.headers.iter().filter(counts) {
        if !in_base.contains_key(&key(new)) {
            let name = format!("{subject} header {}", new.name);
            let text = format!("the header `{}` is new", new.name);
            diff.tell(
                &rules::HEADER_ADDED,
                name,
                text,
                Some(diff.in_base(base.place)),
                Some(diff.in_head(new.place)),
            );
        }
    }
}

fn links(diff: &mut Diff<'_>, subject: &str, base: &Response, head: &Response) {
    let (old, new) = (diff.in_base(base.place), diff.in_head(head.place));
    for (name, link) in old.get("links").into_iter().flat_map(At::entries) {
        if new
            .get("links")
            .is_none_or(|links| links.get(name).is_none())
        {
            let subject = format!("{subject} link {name}");
            let text = format!("the link `{name}` is gone");
            diff.tell(
                &operations::LINK_REMOVED,
                subject,
                text,
                Some(link),
                Some(new),
            );
        }
    }
}
