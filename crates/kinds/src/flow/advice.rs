//! What to do about a failed step, for a person who is not an engineer.

use tidegate_core::ports::http::Response;

use super::step::Step;
use crate::expect::{Aspect, Status, Unmet};

/// What is known about a failed step.
pub(super) struct Situation<'a> {
    /// The step.
    pub(super) step: &'a Step,
    /// The response.
    pub(super) response: &'a Response,
    /// The step before that created something, by name.
    pub(super) created: Option<&'a str>,
}

/// What to do about an expectation that is not met.
pub(super) fn of_unmet(situation: &Situation<'_>, unmet: &Unmet) -> String {
    match unmet.aspect {
        Aspect::Status => of_status(situation),
        Aspect::Json => of_json(situation, unmet),
        Aspect::Header => "Compare the header with what the page needs. A header that changed without a \
                           change of the page usually comes from the framework, the proxy or the host: look \
                           at their versions and settings in this deploy."
            .into(),
        Aspect::Cookie => "A session cookie should be HttpOnly and Secure and have SameSite, or a script or \
                           another site can use it. Look at the session settings of this deploy, and at \
                           whether it knows that it is served over https."
            .into(),
        Aspect::Body => "The answer arrived, but not as it was expected. If it is a file or a page that an \
                         earlier step stored, part of it was lost or changed on the way: compare what was \
                         sent with what is stored. If the text was changed on purpose, change the \
                         expectation with it."
            .into(),
        Aspect::Time => "Try the page by hand. If it is slow there too, look for a query without an index, a \
                         call to another service, or a cold start; if only now and then, give the step a \
                         `retry:` or use the latency check, which measures more than once."
            .into(),
        Aspect::Redirect => "The visitor ends up at another address than expected, often the login page. Check \
                             that the session is still valid at this step and that the route was not moved."
            .into(),
    }
}

fn of_status(situation: &Situation<'_>) -> String {
    let response = situation.response;
    let step = situation.step;
    let request = step.request.name();
    match response.status {
        500.. => format!(
            "The portal failed on its own while it answered {request}; a client would see an error. Look at \
             its log at this moment{}, and at what this deploy changed there.",
            request_id(response)
        ),
        401 | 403 => of_refusal(step),
        404 | 410 => "There is nothing at this address. Either the route was renamed or removed in this \
                      deploy, or what an earlier step created was not really stored."
            .into(),
        405 => format!("The address exists but does not take this method. Check that {request} is still what the portal offers."),
        429 => "The portal limits how often it may be asked. Allow the gate's identities more, or set a \
                lower `rate:` for this environment."
            .into(),
        400..500 => "The portal refused the input as wrong. Either it now asks for other fields, and then the \
                     forms of your clients break too, or this step is out of date."
            .into(),
        300..400 => "The portal sends the visitor elsewhere, often to the login page. Check the session at this \
                     step, or expect the redirect."
            .into(),
        _ if expects_refusal(step) => "The portal accepted what it should refuse. Whoever sends this request \
                                       gets through, so treat it as a hole until you know better: look at what \
                                       this deploy changed in permissions and in the checks on input."
            .into(),
        _ => "The portal answered success, but not the one that was agreed. Look at the answer: sometimes it \
              holds a failure. If the new status is on purpose, change the expectation with it."
            .into(),
    }
}

fn of_refusal(step: &Step) -> String {
    match &step.identity {
        Some(identity) => format!(
            "`{identity}` was refused, twice in a row. Check what `{identity}` may do, and whether this deploy \
             changed permissions, sessions or the accounts the gate uses."
        ),
        None => "The page asks for a login. If it should be open to everybody, a permission changed in this \
                 deploy; if not, give the check an identity with `as:`."
            .into(),
    }
}

fn of_json(situation: &Situation<'_>, unmet: &Unmet) -> String {
    if unmet.expected == "a JSON body" {
        return "The portal sent something else where data was expected: often a login page, an error page, \
                or the start page that a single-page app shows for an address it does not know."
            .into();
    }
    match situation.created {
        Some(created) if unmet.empty => format!(
            "The answer came back empty although “{created}” stored something a moment ago. Clients would not \
             find their own data. Check that it was really stored, that the query looks into the same account, \
             and that an index or a cache is not behind; if a delay is accepted, give the step a `retry:`."
        ),
        Some(created) if unmet.actual != "nothing there" => format!(
            "The portal shows another value than expected after “{created}”. Either it was not stored as it \
             was sent, or it is read from an older copy. If a delay is accepted, give the step a `retry:`; if \
             the value changed on purpose, change the expectation with it."
        ),
        _ if unmet.actual == "nothing there" => {
            "The field is gone or has another name. Pages and integrations that read it break. Bring it back, \
             or change those first and this expectation with them."
                .into()
        }
        _ => "The portal returned another value than expected. Check it by hand; if it changed on purpose, \
              change the expectation with it."
            .into(),
    }
}

fn expects_refusal(step: &Step) -> bool {
    step.expect
        .status
        .as_ref()
        .is_some_and(Status::lists_only_errors)
}

fn request_id(response: &Response) -> String {
    let id = response
        .header("x-request-id")
        .or_else(|| response.header("x-correlation-id"));
    id.map_or_else(String::new, |id| format!(" (request id {id})"))
}
