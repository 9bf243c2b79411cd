//! Logins: a request with a password whose answer proves who sends the later ones.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::super::model::{Auth, Capture, Draft, Identity, Source, Step};
use super::super::names::free;
use super::super::secrets::{is_password, user_of};
use super::super::values::{Spot, lone, references, visit, visit_request};
use super::super::write;

/// How many requests a login may take.
const LONGEST: usize = 6;

/// How many logins become identities; further ones stay requests.
const LOGINS: usize = 100;

/// A step by its journey and its number there.
type At = (usize, usize);

/// How the answer of a login proves who sends later requests.
enum Proof {
    /// A token in `Authorization: Bearer`.
    Bearer(Capture),
    /// Another header with a value of the answer.
    Header(String, String),
    /// Cookies that the session keeps.
    Session,
}

/// Whether a request logs somebody in.
pub(crate) fn is_login(step: &mut Step) -> bool {
    let mut has_password = false;
    visit_request(step, &mut |spot, _| {
        has_password |= matches!(spot, Spot::Body(name) if is_password(name));
    });
    // Whoever changes a password or signs up has one in the body, too.
    const OTHER: &[&str] = &[
        "register", "signup", "sign-up", "reset", "change", "forgot", "users",
    ];
    let path = step.target.path.to_ascii_lowercase();
    let other = path
        .split('/')
        .any(|part| OTHER.contains(&part) || part == "password");
    has_password && step.method == "POST" && !other
}

/// Turns the logins of a draft into identities.
pub(crate) fn logins(draft: &mut Draft) {
    let mut taken: BTreeSet<String> = draft
        .identities
        .iter()
        .map(|one| one.name.clone())
        .collect();
    for at in places(draft) {
        if draft.identities.len() >= LOGINS {
            break;
        }
        let Some(step) = draft.journeys[at.0].steps.get_mut(at.1) else {
            continue;
        };
        if !is_login(step) {
            continue;
        }
        let user = user_of(step).filter(|user| !draft.secrets.spell(user));
        let Some(proof) = proof(draft, at) else {
            continue;
        };
        let Some((login, used)) = login(draft, at, &proof) else {
            continue;
        };
        let name = free(user.as_deref().unwrap_or("user"), &mut taken, "-");
        adopt(draft, at, &proof, &name);
        draft.identities.push(Identity {
            name,
            credential: Map::from_iter([("login".to_owned(), Json::Object(login))]),
            notes: Vec::new(),
        });
        retire(draft, at, &used);
    }
    for journey in &mut draft.journeys {
        // What has no place any more was marked; numbers stay valid until here.
        journey.steps.retain(|step| !step.method.is_empty());
    }
    draft
        .journeys
        .retain(|journey| !journey.steps.is_empty() || !journey.left_out.is_empty());
}

fn places(draft: &Draft) -> Vec<At> {
    let journeys = draft.journeys.iter().enumerate();
    journeys
        .flat_map(|(number, journey)| (0..journey.steps.len()).map(move |step| (number, step)))
        .collect()
}

/// How later requests use what the answer of a login gives; the first that does decides.
fn proof(draft: &Draft, login: At) -> Option<Proof> {
    let own = &draft.journeys[login.0].steps[login.1];
    let capture = |name: &str| own.captures.iter().find(|one| one.name == name);
    for at in places(draft).into_iter().filter(|at| *at > login) {
        let step = &draft.journeys[at.0].steps[at.1];
        match &step.auth {
            Some(Auth::Bearer(token)) => {
                if let Some(capture) = lone(token).and_then(capture) {
                    return Some(match &capture.source {
                        Source::Json(_) => Proof::Bearer(capture.clone()),
                        _ => Proof::Header("authorization".to_owned(), format!("Bearer {token}")),
                    });
                }
            }
            Some(Auth::Other(value))
                if references(value).iter().any(|name| capture(name).is_some()) =>
            {
                return Some(Proof::Header("authorization".to_owned(), value.clone()));
            }
            Some(Auth::Session(place)) if *place == own.place => return Some(Proof::Session),
            _ => {}
        }
        for (name, value) in &step.headers {
            if lone(value).and_then(capture).is_some()
                && !name.contains("csrf")
                && !name.contains("xsrf")
            {
                return Some(Proof::Header(name.clone(), value.clone()));
            }
        }
    }
    None
}

/// The login as a gate file has it, and the steps that it took over.
fn login(draft: &Draft, at: At, proof: &Proof) -> Option<(Map<String, Json>, Vec<At>)> {
    let chain = chain(draft, at)?;
    let step = |at: &At| &draft.journeys[at.0].steps[at.1];
    let kept = match proof {
        Proof::Header(_, value) => references(value),
        _ => Vec::new(),
    };
    let mut requests = Vec::new();
    for (number, place) in chain.iter().enumerate() {
        let one = step(place);
        let mut request = write::request(one);
        let later = chain[number + 1..].iter().flat_map(|at| needs(step(at)));
        let needed: Vec<String> = later.chain(kept.iter().cloned()).collect();
        let captures: Vec<&Capture> = one
            .captures
            .iter()
            .filter(|capture| needed.contains(&capture.name))
            .collect();
        let simple = |capture: &&Capture| !matches!(capture.source, Source::Body | Source::Url);
        if !captures.iter().all(simple) {
            return None;
        }
        if !captures.is_empty() {
            request.insert("capture".to_owned(), write::captures(captures));
        }
        requests.push(request);
    }
    let mut login = match requests.len() {
        1 => requests.pop().unwrap_or_default(),
        _ => {
            let steps = requests.into_iter().map(Json::Object).collect();
            Map::from_iter([("steps".to_owned(), Json::Array(steps))])
        }
    };
    match proof {
        Proof::Bearer(capture) => {
            if let Source::Json(path) = &capture.source {
                login.insert("bearer".to_owned(), path.clone().into());
            }
        }
        Proof::Header(name, value) => {
            let header = Map::from_iter([(name.clone(), value.clone().into())]);
            login.insert("header".to_owned(), Json::Object(header));
        }
        Proof::Session => {}
    }
    Some((login, chain))
}

/// The login after the steps whose captures it needs, in order.
fn chain(draft: &Draft, login: At) -> Option<Vec<At>> {
    let mut chain = vec![login];
    let mut at = 0;
    while let Some(place) = chain.get(at).copied() {
        for name in needs(&draft.journeys[place.0].steps[place.1]) {
            let mut before = places(draft).into_iter().filter(|one| *one < place);
            let captures = |one: &At| {
                let step = &draft.journeys[one.0].steps[one.1];
                step.captures.iter().any(|capture| capture.name == name)
            };
            let source = before.rfind(captures)?;
            if !chain.contains(&source) {
                chain.push(source);
            }
        }
        at += 1;
        if chain.len() > LONGEST {
            return None;
        }
    }
    chain.sort_unstable();
    Some(chain)
}

/// The captures that a request needs.
fn needs(step: &Step) -> Vec<String> {
    let mut step = step.clone();
    let mut names = Vec::new();
    visit_request(&mut step, &mut |_, text| names.extend(references(text)));
    names.retain(|name| {
        tidegate_core::template::is_value_name(name)
            && !tidegate_core::scope::BUILT_IN.contains(&name.as_str())
    });
    names
}

/// Lets the later requests that carry the proof be sent by the identity.
fn adopt(draft: &mut Draft, login: At, proof: &Proof, name: &str) {
    let own = &draft.journeys[login.0].steps[login.1];
    let (on, place) = (own.target.on.clone(), own.place.clone());
    for at in places(draft).into_iter().filter(|at| *at > login) {
        let step = &mut draft.journeys[at.0].steps[at.1];
        // A credential is shown to the portal and to the origin that gave it.
        if step.target.on.is_some() && step.target.on != on {
            continue;
        }
        let carries = match (proof, &step.auth) {
            (Proof::Bearer(capture), Some(Auth::Bearer(token))) => {
                lone(token) == Some(&capture.name)
            }
            (Proof::Header(name, value), Some(Auth::Bearer(token))) => {
                name == "authorization" && *value == format!("Bearer {token}")
            }
            (Proof::Header(name, value), Some(Auth::Other(own))) => {
                name == "authorization" && value == own
            }
            (Proof::Session, Some(Auth::Session(of))) => *of == place,
            _ => false,
        };
        if carries {
            step.auth = None;
            step.identity = Some(name.to_owned());
            continue;
        }
        if let Proof::Header(header, value) = proof {
            let before = step.headers.len();
            step.headers
                .retain(|(name, own)| name != header || own != value);
            if step.headers.len() < before {
                step.identity = Some(name.to_owned());
            }
        }
    }
}

/// Marks the steps that the login took over, unless others need what they capture.
fn retire(draft: &mut Draft, login: At, used: &[At]) {
    for &at in used {
        let names: Vec<String> = {
            let step = &draft.journeys[at.0].steps[at.1];
            step.captures
                .iter()
                .map(|capture| capture.name.clone())
                .collect()
        };
        let others = places(draft).into_iter().filter(|one| !used.contains(one));
        let mut needed = false;
        for one in others.collect::<Vec<_>>() {
            let step = &mut draft.journeys[one.0].steps[one.1];
            needed |= names.iter().any(|name| mentions(step, name));
        }
        let step = &mut draft.journeys[at.0].steps[at.1];
        if needed {
            step.auth = None;
        } else if at == login || !names.is_empty() {
            step.method.clear();
        }
    }
}

fn mentions(step: &mut Step, wanted: &str) -> bool {
    let mut any = match &step.auth {
        Some(Auth::Bearer(text) | Auth::Other(text)) => {
            references(text).iter().any(|name| name == wanted)
        }
        _ => false,
    };
    visit(step, &mut |_, text| {
        any |= references(text).iter().any(|name| name == wanted);
    });
    any
}
