//! The sign-in form, the session it opens, and signing out.

use super::store::{Session, Store};
use super::{Fault, pages};
use crate::recorder::{RecordedRequest, Reply};

/// The cookie that names the session.
const COOKIE: &str = "sid";

/// Returns the session that a request's cookie names.
pub(super) fn session<'a>(store: &'a Store, request: &RecordedRequest) -> Option<&'a Session> {
    store.session(request.cookie(COOKIE)?)
}

fn with_cookie(store: &Store, reply: Reply, id: &str) -> Reply {
    let flags = if store.has(Fault::CookieBare) {
        ""
    } else {
        "; HttpOnly; SameSite=Lax"
    };
    reply.header("set-cookie", &format!("{COOKIE}={id}; Path=/{flags}"))
}

/// Shows the form, and opens an anonymous session where there is none.
pub(super) fn show(store: &mut Store, request: &RecordedRequest) -> Reply {
    let next = request.query_value("next").unwrap_or_default();
    if let Some(session) = session(store, request) {
        return Reply::html(200, &pages::login(&session.csrf, &next, ""));
    }
    let id = store.open_session(None);
    let csrf = store.session(&id).map_or("", |session| &session.csrf);
    let form = Reply::html(200, &pages::login(csrf, &next, ""));
    with_cookie(store, form, &id)
}

/// Returns the request's session if its form carries the session's CSRF token.
fn form_session(store: &Store, request: &RecordedRequest) -> Option<(String, Session)> {
    let id = request.cookie(COOKIE)?;
    let session = store.session(id)?;
    let echoed = request.form_value("csrf")? == session.csrf;
    echoed.then(|| (id.to_owned(), session.clone()))
}

/// Signs in, or shows the form again and says what was wrong.
pub(super) fn submit(store: &mut Store, request: &RecordedRequest) -> Reply {
    let Some((id, session)) = form_session(store, request) else {
        return Reply::html(403, &pages::problem("This form has expired"));
    };
    let field = |name| request.form_value(name).unwrap_or_default();
    let (email, next) = (field("email"), field("next"));
    let again = |problem| Reply::html(200, &pages::login(&session.csrf, &next, problem));
    if store.is_throttled(&email) {
        return again("Too many attempts. Wait a minute and try again.");
    }
    let account = store.account(&email, &field("password"));
    let Some(account) = account.filter(|_| !store.has(Fault::LoginRefused)) else {
        store.failed(&email);
        let told = store.has(Fault::Enumeration) && !store.is_known(&email);
        return again(if told {
            "Nobody signs in with this email."
        } else {
            "The email or the password is wrong."
        });
    };
    store.succeeded(&email);
    // A session that somebody signs in to gets a new name, so that a planted one is void.
    let id = if store.has(Fault::SessionFixed) {
        store.sign_in_to(id, account)
    } else {
        store.end_session(&id);
        store.open_session(Some(account))
    };
    with_cookie(store, Reply::redirect(303, local(&next)), &id)
}

/// Returns a target within this app: anything else would be an open redirect.
fn local(next: &str) -> &str {
    let within = next.starts_with('/')
        && !next.starts_with("//")
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if within { next } else { "/dashboard" }
}

/// Ends the session.
pub(super) fn sign_out(store: &mut Store, request: &RecordedRequest) -> Reply {
    let Some((id, _)) = form_session(store, request) else {
        return Reply::html(403, &pages::problem("This form has expired"));
    };
    if !store.has(Fault::LogoutForgotten) {
        store.end_session(&id);
    }
    Reply::redirect(303, "/login").header("set-cookie", "sid=; Path=/; Max-Age=0; HttpOnly")
}
