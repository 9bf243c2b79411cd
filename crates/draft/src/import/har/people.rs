//! Who was logged in when it was recorded.

use std::collections::HashSet;

use super::super::identities::is_login;
use super::super::model::{Auth, Capture, Source, Step};
use super::step::Answer;

/// The keys under which the answer of a login has a token.
const TOKENS: &[&str] = &[
    "access_token",
    "accessToken",
    "token",
    "jwt",
    "id_token",
    "idToken",
    "authToken",
];

/// Whether a request logs somebody out.
pub(super) fn is_logout(step: &Step) -> bool {
    let path = step.target.path.to_ascii_lowercase();
    path.split('/').any(|part| {
        [
            "logout", "signout", "sign-out", "log-out", "log_out", "sign_out", "logoff",
        ]
        .contains(&part)
    })
}

/// Finds logins, and which requests were sent with the sessions that they gave.
pub(super) fn recognise(steps: &mut [Step], answers: &[Answer<'_>], notes: &mut Vec<String>) {
    let proven = steps.iter().any(|step| step.auth.is_some());
    let mut given = Given::default();
    let mut login: Option<usize> = None;
    let mut guessed = false;
    for at in 0..steps.len() {
        let place = login.map(|login| steps[login].place.clone());
        cookies(&mut steps[at], &given, place.as_deref());
        let succeeded = answers[at].status < 400;
        if let (false, Some(login)) = (proven, login) {
            // Browsers leave cookies and tokens out of exports unless they are told to keep them.
            guessed |= guess(steps, at, login, &answers[login]);
        }
        if is_login(&mut steps[at]) && succeeded {
            login = Some(at);
        }
        for cookie in &answers[at].cookies {
            given.names.insert(cookie.0.clone());
            given.cookies.insert(cookie.clone());
        }
    }
    if guessed {
        notes.push(
            "Guess: the recording has neither cookies nor tokens, so what follows the login is taken to be sent with it."
                .to_owned(),
        );
    }
}

/// The cookies that answers set.
#[derive(Debug, Default)]
struct Given {
    names: HashSet<String>,
    cookies: HashSet<(String, String)>,
}

/// Leaves out the cookies that the session of a flow keeps by itself.
fn cookies(step: &mut Step, given: &Given, login: Option<&str>) {
    let Some(Auth::Cookies(cookies)) = &mut step.auth else {
        return;
    };
    let before = cookies.len();
    cookies.retain(|cookie| !given.cookies.contains(cookie));
    let known = cookies.len() < before;
    cookies.retain(|(name, _)| !given.names.contains(name));
    let empty = cookies.is_empty();
    match login {
        Some(place) if known => step.auth = Some(Auth::Session(place.to_owned())),
        _ if empty => step.auth = None,
        _ => {}
    }
}

/// Takes a request to be sent with what a login gave.
fn guess(steps: &mut [Step], at: usize, login: usize, answer: &Answer<'_>) -> bool {
    if steps[at].target.origin != steps[login].target.origin || steps[at].auth.is_some() {
        return false;
    }
    let token = answer.json.as_ref().and_then(|json| {
        TOKENS
            .iter()
            .find(|key| json.get(**key).is_some_and(serde_json::Value::is_string))
    });
    steps[at].auth = Some(match token {
        Some(key) => {
            let capture = Capture {
                name: "login_token".to_owned(),
                source: Source::Json(format!("$.{key}")),
            };
            if !steps[login].captures.contains(&capture) {
                steps[login].captures.push(capture);
            }
            Auth::Bearer("${login_token}".to_owned())
        }
        None => Auth::Session(steps[login].place.clone()),
    });
    true
}
