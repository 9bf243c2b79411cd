//! Requests for what must not be possible, and how it is known what they did. Used by every kind that
//! attacks.

mod calls;
mod fallback;
mod likeness;
mod marks;
mod patience;
mod proof;
mod reply;
pub(crate) mod resource;
mod sender;
mod story;

pub(crate) use calls::{Calls, look, plain, schema as calls_schema, short, whole};
pub(crate) use fallback::Fallback;
pub(crate) use likeness::Likeness;
pub(crate) use marks::Marks;
pub(crate) use patience::{Patience, asks_to_wait};
pub(crate) use proof::Proof;
pub(crate) use reply::{Refusal, Refusals, Reply, leads_to_login, path_of};
pub(crate) use sender::{Answer, Sender};
pub(crate) use story::{Story, lines, seen, several, shape, told};
