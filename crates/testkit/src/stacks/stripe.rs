//! Billing through Stripe: the endpoint for its events, the plan, the customer portal, and orders.
//!
//! | Route | Answer |
//! |---|---|
//! | `POST /api/login` | `{"token":…}` |
//! | `POST /api/webhooks/stripe` | takes events with the header `Stripe-Signature` |
//! | `GET`, `PUT /api/billing/plan` | the tenant's plan, changed by admins |
//! | `POST /api/billing/portal` | the address of Stripe's customer portal |
//! | `POST /api/checkout`, `GET`, `DELETE /api/checkout/{id}` | an order; its price comes from the plan |
//! | `GET /api/billing/events` | how many events counted, for admins |
//!
//! Refusals of events read as those of Stripe's own libraries.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::desk::{Desk, Login, Person, parts, serve, text};
use super::faults::Faults;
use super::signed;
use crate::recorder::{App, RecordedRequest, Reply};

/// What can be wrong with it.
pub const FAULTS: &[&str] = &[
    "signature-unchecked",
    "old-events-taken",
    "events-counted-twice",
    "plan-for-everybody",
    "portal-open",
    "price-by-client",
    "secret-key-in-bundle",
];

/// The signing secret of the endpoint.
pub const WEBHOOK_SECRET: &str = "whsec_testkit0123456789abcdefghijklmn";

/// How old an event may be, in seconds, as Stripe's libraries have it.
const TOLERANCE: i64 = 300;

/// Starts the portal with a fault of [`FAULTS`], or with none for an empty name.
///
/// # Panics
/// When there is no such fault, or the machine refuses a loopback port or a thread.
pub fn start(fault: &str) -> App {
    let faults = Faults::named(fault, FAULTS);
    serve(Desk::seeded("note"), move |desk, request| {
        answer(faults, desk, request)
    })
}

fn answer(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let parts = parts(request.path());
    let method = request.method.as_str();
    match (method, parts.as_slice()) {
        ("GET", []) => return page(),
        ("GET", ["assets", "app.js"]) => return script(faults),
        ("POST", ["api", "login"]) => return log_in(desk, request),
        ("POST", ["api", "webhooks", "stripe"]) => return event(faults, desk, request),
        ("POST", ["api", "billing", "portal"]) if faults.has("portal-open") => return portal(),
        _ => {}
    }
    let token = request.header("authorization").unwrap_or_default();
    let Some(person) = desk.who(token.trim_start_matches("Bearer ")) else {
        let status = if parts.first() == Some(&"api") {
            401
        } else {
            404
        };
        return problem(status, "Please log in.");
    };
    match (method, parts.as_slice()) {
        ("GET", ["api", "billing", "plan"]) => {
            Reply::json(200, &json!({ "plan": plan(desk, person) }))
        }
        ("PUT", ["api", "billing", "plan"]) => change_plan(faults, desk, person, request),
        ("POST", ["api", "billing", "portal"]) => portal(),
        ("GET", ["api", "billing", "events"]) if person.is_admin => {
            let count: u64 = desk.seen.values().sum();
            Reply::json(200, &json!({ "events": count }))
        }
        ("POST", ["api", "checkout"]) => order(faults, desk, person, request),
        ("GET", ["api", "checkout", id]) => match desk.thing(Some(person.tenant), id) {
            Some((id, thing)) => Reply::json(200, &thing.shown(id)),
            None => problem(404, "There is no such order."),
        },
        ("DELETE", ["api", "checkout", id]) if desk.remove(Some(person.tenant), id) => {
            Reply::new(204)
        }
        _ => problem(404, "There is nothing here."),
    }
}

fn page() -> Reply {
    Reply::html(
        200,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Billing</title><script type=\"module\" src=\"/assets/app.js\"></script></head><body><div id=\"app\"></div></body></html>",
    )
}

fn script(faults: Faults) -> Reply {
    let key = if faults.has("secret-key-in-bundle") {
        ["sk_", "live_51Q8xZvKq3LmR7tYb2NcW9dHfJ4sGpA6eXuViTo0"].concat()
    } else {
        ["pk_", "test_51Q8xZvKq3LmR7tYb2NcW9dHfJ4sGpA6eXuViTo0"].concat()
    };
    Reply::bytes(
        200,
        "text/javascript; charset=utf-8",
        format!("const s=Stripe(\"{key}\");"),
    )
}

fn log_in(desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let body = request.json().unwrap_or_default();
    match desk.log_in(&text(&body, "email"), &text(&body, "password")) {
        Login::Done(token) => Reply::json(200, &json!({ "token": token })),
        _ => problem(401, "The address or the password is wrong."),
    }
}

/// What `stripe.webhooks.constructEvent` does, and then remembering the event by its id.
fn event(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    if !faults.has("signature-unchecked") {
        let Some(seconds) = signed_at(request) else {
            return Reply::text(
                400,
                "Webhook Error: No signatures found matching the expected signature for payload.",
            );
        };
        let age = Timestamp::now().as_second() - seconds;
        if age > TOLERANCE && !faults.has("old-events-taken") {
            return Reply::text(400, "Webhook Error: Timestamp outside the tolerance zone");
        }
    }
    let Some(id) = request
        .json()
        .and_then(|body| body["id"].as_str().map(str::to_owned))
    else {
        return Reply::text(400, "Webhook Error: Unexpected body");
    };
    let is_new = !desk.seen.contains_key(&id);
    if is_new || faults.has("events-counted-twice") {
        *desk.seen.entry(id).or_default() += 1;
    }
    Reply::json(200, &json!({ "received": true }))
}

/// When an event was signed, if it was by Stripe.
fn signed_at(request: &RecordedRequest) -> Option<i64> {
    let header = request.header("stripe-signature")?;
    let value = |name: &str| {
        let mut pairs = header
            .split(',')
            .filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(key, value)| (key == name).then_some(value))
    };
    let (time, signature) = (value("t")?, value("v1")?);
    let text = [time.as_bytes(), b".", &request.body].concat();
    let is_genuine = signed::hex(WEBHOOK_SECRET, &text) == signature;
    time.parse().ok().filter(|_| is_genuine)
}

const PLANS: [(&str, u64); 2] = [("team", 4_900), ("business", 14_900)];

fn plan(desk: &Desk, person: &Person) -> &'static str {
    let changed = desk.keys.get(person.tenant).copied().unwrap_or_default();
    let at = usize::try_from(changed).unwrap_or_default();
    PLANS.get(at).map_or("team", |(name, _)| name)
}

fn change_plan(
    faults: Faults,
    desk: &mut Desk,
    person: &Person,
    request: &RecordedRequest,
) -> Reply {
    if !person.is_admin && !faults.has("plan-for-everybody") {
        return problem(403, "Only an admin may change the plan.");
    }
    let wanted = text(&request.json().unwrap_or_default(), "plan");
    let Some(at) = PLANS.iter().position(|(name, _)| *name == wanted) else {
        return problem(422, "There is no such plan.");
    };
    desk.keys.insert(person.tenant.to_owned(), at as u64);
    Reply::json(200, &json!({ "plan": plan(desk, person) }))
}

fn portal() -> Reply {
    Reply::json(
        200,
        &json!({ "url": "https://billing.stripe.com/p/session/test_YWNjdF8xUTh4" }),
    )
}

fn order(faults: Faults, desk: &mut Desk, person: &Person, request: &RecordedRequest) -> Reply {
    let body = request.json().unwrap_or_default();
    let wanted = text(&body, "plan");
    let Some((_, price)) = PLANS.iter().find(|(name, _)| *name == wanted) else {
        return problem(422, "There is no such plan.");
    };
    let given = body["amount"]
        .as_u64()
        .filter(|_| faults.has("price-by-client"));
    let mut fields = Map::new();
    fields.insert("plan".to_owned(), json!(wanted));
    fields.insert("note".to_owned(), json!(text(&body, "note")));
    fields.insert("amount".to_owned(), json!(given.unwrap_or(*price)));
    let id = desk.add(person.tenant, fields);
    let made = desk.thing(None, &id.to_string());
    let shown: Option<Value> = made.map(|(id, thing)| thing.shown(id));
    Reply::json(201, &shown.unwrap_or_default())
}

fn problem(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": { "message": message } }))
}
