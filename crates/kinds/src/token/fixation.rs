//! Whether a session that somebody knew before the login is the one after it.

use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Cookie, Purpose};
use tidegate_core::secret::Sensitive;

use super::carrier::Carrier;
use super::codes;
use super::findings::{finding, line};
use super::run::{Attempt, Door, Opener, Person};
use crate::attack::Story;

/// Plants sessions of nobody before a login, and looks what they open after it.
pub(super) async fn run(attempt: &mut Attempt<'_>, person: &Person<'_>) -> Result<(), CheckError> {
    let openers = person
        .openers
        .iter()
        .filter(|opener| opener.carrier.is_cookie);
    let held = attempt.sender.http.cookies(person.session);
    for opener in openers {
        // A cookie that stands ready in the gate file was set by no login.
        if !held.iter().any(|cookie| cookie.name == opener.carrier.name) {
            continue;
        }
        let given = handed_out(attempt, &opener.carrier.name).await?;
        let invented = invented(attempt, opener.carrier.value.expose());
        let planted = given.map(|cookie| ("that the portal gave to a stranger", cookie.value));
        let all = planted.into_iter().chain([("that was made up", invented)]);
        for (what, value) in all {
            if try_planted(attempt, person, opener, what, &value).await? {
                break;
            }
        }
    }
    Ok(())
}

/// The cookie of this name that the portal gives to somebody who is about to log in.
async fn handed_out(attempt: &mut Attempt<'_>, name: &str) -> Result<Option<Cookie>, CheckError> {
    let stranger = attempt.sender.session(None);
    let page = attempt
        .config
        .login_page
        .as_ref()
        .unwrap_or(&attempt.config.probe);
    attempt.send(page, stranger).await?;
    let held = attempt.sender.http.cookies(stranger);
    Ok(held.into_iter().find(|cookie| cookie.name == name))
}

/// A value of the same length and sort of digits that the portal cannot have made.
fn invented(attempt: &Attempt<'_>, model: &str) -> Sensitive {
    let digits = format!(
        "{:016x}",
        attempt.sender.context.random().derive("planted session")
    );
    let text: String = digits
        .chars()
        .cycle()
        .take(model.len().clamp(16, 128))
        .collect();
    Sensitive::new(text)
}

async fn try_planted(
    attempt: &mut Attempt<'_>,
    person: &Person<'_>,
    opener: &Opener,
    what: &str,
    value: &Sensitive,
) -> Result<bool, CheckError> {
    let mut shown = opener.along.clone();
    shown.push(opener.carrier.with(value.expose()));
    attempt.learn_all(&shown);
    if matches!(attempt.knock(&shown, Purpose::Attack).await?, Door::Open(_)) {
        // What opens before anybody logged in says nothing about the login.
        return Ok(false);
    }
    let session = attempt.sender.session(Some(person.name));
    let name = &opener.carrier.name;
    let cookie = Cookie {
        name: name.clone(),
        value: value.clone(),
        attributes: Vec::new(),
    };
    attempt.sender.http.plant(session, vec![cookie]);
    let Some(credentials) = attempt.credentials(session).await? else {
        return Ok(false);
    };
    let own = Carrier::all(&credentials);
    if !matches!(attempt.knock(&own, Purpose::Normal).await?, Door::Open(_)) {
        attempt.doubt(format!("With a planted cookie `{name}` the login of {} opened nothing, so that session fixation is not proven.", person.name));
        return Ok(false);
    }
    attempt.report.evaluated += 1;
    let Door::Open(response) = attempt.knock(&shown, Purpose::Attack).await? else {
        return Ok(false);
    };
    let probe = attempt.probe();
    let story = Story {
        before: format!(
            "a session {what} was planted as the cookie `{name}`; then {} logged in",
            person.name
        ),
        attack: line(&probe, "the planted cookie alone", &response),
        after: String::new(),
    };
    let title = format!(
        "Whoever plants the cookie `{name}` in a browser is logged in as the person who logs in there"
    );
    let subject = format!("fixation {}", opener.carrier.key());
    let span = &attempt.config.probe.span;
    attempt.found(finding(&codes::FIXATION, span, title, subject, &story));
    Ok(true)
}
