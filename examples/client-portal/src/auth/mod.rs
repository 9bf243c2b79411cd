//! Logging in and out, the caller of a request, account switching, changing the password.

mod caller;
mod handlers;
mod passwords;
mod throttle;
mod web_tokens;

pub(crate) use caller::Caller;
pub(crate) use handlers::{change_password, log_in, log_out, me, switch_account};
pub(crate) use passwords::hash_password;
pub(crate) use throttle::Throttle;
pub(crate) use web_tokens::WebTokens;
