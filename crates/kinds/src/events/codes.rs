//! Everything a check of events can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// An event did not come.
pub(super) const NOT_SENT: CodeInfo = CodeInfo::known(
    "events/not-sent",
    Severity::High,
    Effort::Medium,
    "The portal did not send an event that it must send",
    "Whatever waits for the event, such as accounting or a notification, never happens, and nobody sees an error.",
);
/// An event is not what was agreed.
pub(super) const PAYLOAD: CodeInfo = CodeInfo::known(
    "events/payload",
    Severity::High,
    Effort::Medium,
    "An event that the portal sent does not fit its contract",
    "The systems of clients and partners that read the event fail, or work with wrong data.",
);
/// An event holds more than was agreed.
pub(super) const UNDOCUMENTED_FIELD: CodeInfo = CodeInfo::known(
    "events/undocumented-field",
    Severity::Low,
    Effort::Small,
    "An event holds a field that its contract does not name",
    "Data may leave the portal that nobody decided to send, and receivers come to rely on what nobody promised.",
);
/// An event is no JSON.
pub(super) const NOT_JSON: CodeInfo = CodeInfo::known(
    "events/not-json",
    Severity::High,
    Effort::Small,
    "The portal sent something else than JSON where an event was expected",
    "No receiver can read the event.",
);
/// A header of an event is wrong.
pub(super) const HEADER: CodeInfo = CodeInfo::known(
    "events/header",
    Severity::Medium,
    Effort::Small,
    "An event lacks a header, or has a wrong one",
    "Receivers that sort or check events by the header drop them.",
);
/// An event is not signed.
pub(super) const SIGNATURE: CodeInfo = CodeInfo::known(
    "events/signature",
    Severity::High,
    Effort::Small,
    "An event has no signature, or one that does not fit",
    "Receivers that check the signature drop every event; those that do not can be fed false ones.",
);
/// An event came twice.
pub(super) const DUPLICATE: CodeInfo = CodeInfo::known(
    "events/duplicate",
    Severity::Low,
    Effort::Medium,
    "The same event was sent twice although it was accepted the first time",
    "Receivers that do not know an event again act on it twice: two mails, two bookings.",
);
/// A request that the check needs failed.
pub(super) const STEP: CodeInfo = CodeInfo::known(
    "events/step",
    Severity::High,
    Effort::Medium,
    "A request that the check needs did not go through",
    "Something that clients do is broken, and whether its events are right cannot be seen.",
);
/// An example is no example.
pub(super) const FIXTURE: CodeInfo = CodeInfo::known(
    "events/fixture",
    Severity::Medium,
    Effort::Small,
    "An example of an incoming event does not fit its own contract",
    "The example or the contract is out of date, so neither shows what the portal must cope with.",
);
/// A good event was refused.
pub(super) const REFUSED: CodeInfo = CodeInfo::known(
    "events/refused",
    Severity::High,
    Effort::Medium,
    "The portal refused an incoming event that fits the contract",
    "Payments, sign-ups or deliveries that another service reports are lost.",
);
/// A wrong event was accepted.
pub(super) const ACCEPTED_INVALID: CodeInfo = CodeInfo::known(
    "events/accepted-invalid",
    Severity::High,
    Effort::Medium,
    "The portal accepted an incoming event that breaks the contract",
    "Incomplete or wrong data end up in the portal, and the sender is told that all is well.",
);
/// A wrong event broke the portal.
pub(super) const SERVER_ERROR: CodeInfo = CodeInfo::known(
    "events/server-error",
    Severity::Medium,
    Effort::Medium,
    "The portal failed over an incoming event that it should have refused",
    "Senders repeat an event that met an error for days, and may switch the webhook off for good.",
);
/// Anybody can send events.
pub(super) const UNSIGNED_ACCEPTED: CodeInfo = CodeInfo::known(
    "events/unsigned-accepted",
    Severity::Critical,
    Effort::Small,
    "The portal accepted an incoming event without a valid signature",
    "Anybody who knows the address can report payments that never were.",
);
/// An old event can be sent again.
pub(super) const STALE_ACCEPTED: CodeInfo = CodeInfo::known(
    "events/stale-accepted",
    Severity::Low,
    Effort::Small,
    "The portal accepted an incoming event that was signed a day ago",
    "Whoever got hold of one signed event can send it again whenever they like.",
);
/// An event counts as often as it comes.
pub(super) const COUNTED_TWICE: CodeInfo = CodeInfo::known(
    "events/counted-twice",
    Severity::High,
    Effort::Medium,
    "The portal acted twice on an incoming event that came twice",
    "Services repeat an event when the answer was slow: a payment is booked twice, a credit is given twice.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[
    NOT_SENT,
    PAYLOAD,
    UNDOCUMENTED_FIELD,
    NOT_JSON,
    HEADER,
    SIGNATURE,
    DUPLICATE,
    STEP,
    FIXTURE,
    REFUSED,
    ACCEPTED_INVALID,
    SERVER_ERROR,
    UNSIGNED_ACCEPTED,
    STALE_ACCEPTED,
    COUNTED_TWICE,
];
