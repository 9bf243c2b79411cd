//! What `firebase` says about a project.

use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Confidence};

use super::answer::Amount;
use super::codes;
use super::place::{Place, Service};
use crate::attack::Story;

/// Whether what a stranger wrote is there.
pub(super) enum Stored {
    /// It was read back.
    Yes(String),
    /// It was taken, and must not be read back.
    Unseen(String),
    /// It is not there.
    No,
}

/// The rules that close a place, and where they stand.
fn close(place: &Place) -> String {
    match &place.service {
        Service::Database => "In `database.rules.json` begin with `\".read\": false, \".write\": false` at the top, because a right \
            that is given above cannot be taken below, and give rights where somebody's own data is, as in `\"$uid\": { \".read\": \
            \"auth.uid === $uid\" }`."
            .to_owned(),
        Service::Documents { .. } => "In `firestore.rules` remove the `match` that lets everybody read, often `match \
            /{document=**}` with `allow read, write: if true` or with a date, and ask whose document it is, as in `allow read: if \
            request.auth != null && resource.data.tenant == request.auth.token.tenant`."
            .to_owned(),
        Service::Files { .. } => "In `storage.rules` give `allow list` to nobody but the owner, as in `match \
            /clients/{uid}/{file=**} { allow read: if request.auth.uid == uid; }`."
            .to_owned(),
    }
}

/// The rules that let nobody write, and where they stand.
fn close_writes(place: &Place) -> &'static str {
    match place.service {
        Service::Database => {
            "In `database.rules.json` begin with `\".write\": false` at the top, and give the right where somebody's own data is, as in \
             `\"$uid\": { \".write\": \"auth.uid === $uid\" }`, with a `.validate` for what it must look like."
        }
        Service::Documents { .. } => {
            "In `firestore.rules` let `allow create` ask who it is and check the fields, as in `allow create: if request.auth != null && \
             request.resource.data.owner == request.auth.uid && request.resource.data.keys().hasOnly(['owner', 'title'])`. For a public \
             form let a server function check the input and write."
        }
        Service::Files { .. } => "In `storage.rules` let `allow write` ask who it is.",
    }
}

fn about(place: &Place, info: &CodeInfo, title: String) -> Finding {
    let subject = format!("{} {}", info.code.as_str(), place.words());
    Finding::new(info, place.span.location(), title).subject(subject)
}

/// Strangers read it.
pub(super) fn readable(place: &Place, amount: Amount, line: String) -> Finding {
    let title = format!(
        "Anybody can read {} of {} without a login",
        amount.words(place.one()),
        place.words()
    );
    let story = Story {
        attack: line,
        ..Story::default()
    };
    let advice = format!(
        "{} The web config of the project is no protection: every visitor has it. If everybody may read this, name it as public.",
        close(place)
    );
    story.told(about(place, &place.readable(), title).advice(advice))
}

/// Any account reads it.
pub(super) fn any_account(place: &Place, amount: Amount, line: String) -> Finding {
    let title = format!(
        "Whoever makes an account can read {} of {}",
        amount.words(place.one()),
        place.words()
    );
    let story = Story {
        before: "without a login the rules refused it".to_owned(),
        attack: line,
        after: String::new(),
    };
    let advice = format!(
        "`auth != null` is no rule: everybody can have an account. {} If every account may read this, name it as shared.",
        close(place)
    );
    story.told(about(place, &codes::ANY_ACCOUNT, title).advice(advice))
}

/// Strangers write to it.
pub(super) fn writable(place: &Place, line: String, stored: &Stored) -> Option<Finding> {
    let info = place.writable()?;
    let (after, confidence) = match stored {
        Stored::Yes(line) => (line.clone(), Confidence::High),
        Stored::Unseen(line) => (line.clone(), Confidence::Medium),
        Stored::No => return None,
    };
    let title = format!("Anybody can write to {} without a login", place.words());
    let story = Story {
        before: String::new(),
        attack: line,
        after,
    };
    let finding = about(place, &info, title).advice(close_writes(place));
    Some(story.told(finding.confidence(confidence)))
}
