//! What an operation answers.

use super::rules::{messages as rules, operations};
use super::{Diff, Pair, content, pair_up};
use crate::specification::Direction;
use crate::specification::openapi::{Header, Response};

/// What changed about the answers of an operation.
pub(super) fn compare<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>) {
    let (base, head) = (&pair.base.responses, &pair.head.responses);
    let paired = pair_up(base, head, find);
    for at in paired.lost {
        lost(diff, pair, &base[at]);
    }
    for at in paired.gained {
        let gained = &head[at];
        let subject = format!("{} {}", pair.subject, gained.status);
        let text = format!("{} is answered, too", called(&gained.status));
        let (old, new) = (diff.old(pair.base.place), diff.new(gained.place));
        diff.tell(&rules::RESPONSE_ADDED, subject, text, Some(old), Some(new));
    }
    for (old, new) in paired.pairs {
        both(diff, pair, &base[old], &head[new]);
    }
}

/// Which of the others stands for a response: its own status, else its range, else the default.
fn find(others: &[Response], one: &Response) -> Option<usize> {
    let position = |status: &str| {
        let mut all = others.iter();
        all.position(|other| other.status.eq_ignore_ascii_case(status))
    };
    let range = one.status.get(..1).map(|digit| format!("{digit}XX"));
    let range = range.filter(|_| !is_default(one));
    // Where successes are told one by one, the default is for errors.
    let covered = !is_success(one) || !others.iter().any(is_success);
    position(&one.status)
        .or_else(|| position(&range?))
        .or_else(|| position("default").filter(|_| covered))
}

fn is_default(response: &Response) -> bool {
    response.status.eq_ignore_ascii_case("default")
}

fn is_success(response: &Response) -> bool {
    response.status.starts_with(['1', '2', '3'])
}

fn called(status: &str) -> String {
    if status.eq_ignore_ascii_case("default") {
        "a default answer".to_owned()
    } else {
        status.to_owned()
    }
}

fn lost(diff: &mut Diff<'_>, pair: &Pair<'_>, lost: &Response) {
    let alone = is_default(lost) && !pair.base.responses.iter().any(is_success);
    let rule = if is_success(lost) || alone {
        &rules::SUCCESS_REMOVED
    } else {
        &rules::ERROR_REMOVED
    };
    let subject = format!("{} {}", pair.subject, lost.status);
    let text = format!("{} is no longer answered", called(&lost.status));
    let (old, new) = (diff.old(lost.place), diff.new(pair.head.place));
    let new = new.get("responses").unwrap_or(new);
    diff.tell(rule, subject, text, Some(old), Some(new));
}

fn both<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>, base: &'d Response, head: &'d Response) {
    let subject = format!("{} {}", pair.subject, base.status);
    headers(diff, &subject, base, head);
    links(diff, &subject, base, head);
    let (old, new) = (diff.old(base.place), diff.new(head.place));
    let paired = content::pairs(&base.content, &head.content);
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
            Some(diff.old(lost.place)),
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
            Some(diff.new(gained.place)),
        );
    }
    for (base_at, head_at) in paired.pairs {
        let (base, head) = (&base.content[base_at], &head.content[head_at]);
        let subject = format!("{subject} {}", base.media_type);
        diff.schemas(base.schema, head.schema, Direction::Response, &subject);
    }
}

fn headers<'d>(diff: &mut Diff<'d>, subject: &str, base: &'d Response, head: &'d Response) {
    let same = |one: &Header, other: &Header| one.name.eq_ignore_ascii_case(&other.name);
    // OpenAPI ignores a header of this name: the media types say it.
    let counts = |header: &&Header| !header.name.eq_ignore_ascii_case("content-type");
    for old in base.headers.iter().filter(counts) {
        let name = format!("{subject} header {}", old.name);
        let at = diff.old(old.place);
        let Some(new) = head.headers.iter().find(|new| same(old, new)) else {
            let rule = if old.required {
                &rules::HEADER_REMOVED
            } else {
                &rules::OPTIONAL_HEADER_REMOVED
            };
            let text = format!("the header `{}` is gone", old.name);
            diff.tell(rule, name, text, Some(at), Some(diff.new(head.place)));
            continue;
        };
        if old.required && !new.required {
            let text = format!("the header `{}` may now be missing", old.name);
            diff.tell(
                &rules::HEADER_OPTIONAL,
                &*name,
                text,
                Some(at),
                Some(diff.new(new.place)),
            );
        }
        diff.schemas(old.schema, new.schema, Direction::Response, &name);
    }
    for new in head.headers.iter().filter(counts) {
        if !base.headers.iter().any(|old| same(old, new)) {
            let name = format!("{subject} header {}", new.name);
            let text = format!("the header `{}` is new", new.name);
            diff.tell(
                &rules::HEADER_ADDED,
                name,
                text,
                Some(diff.old(base.place)),
                Some(diff.new(new.place)),
            );
        }
    }
}

fn links(diff: &mut Diff<'_>, subject: &str, base: &Response, head: &Response) {
    let (old, new) = (diff.old(base.place), diff.new(head.place));
    for (name, link) in old
        .get("links")
        .into_iter()
        .flat_map(|links| links.entries())
    {
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
