//! Credentials that must be refused, each made of one that opens the probe.

use serde_json::{Map, Value as Json};
use tidegate_core::check::CheckError;
use tidegate_core::meta::CodeInfo;
use tidegate_core::ports::http::{Purpose, Request};
use tidegate_core::template::Template;

use super::carrier::Carrier;
use super::findings::{finding, line};
use super::jwt::{Hash, Jwt};
use super::run::{Attempt, Door, Opener, Person};
use super::{claims, codes, keys};
use crate::attack::Story;

/// The most bytes of a file with a public key.
const KEY_FILE: usize = 64 * 1024;

/// How long ago a token that is over ended, in seconds: more than any clock is forgiven.
const OVER: i64 = 24 * 3600;

/// A credential that must be refused.
struct Forgery {
    code: CodeInfo,
    /// What it is, for people.
    what: &'static str,
    carrier: Carrier,
}

impl Forgery {
    fn new(code: CodeInfo, what: &'static str, carrier: Carrier) -> Self {
        Self {
            code,
            what,
            carrier,
        }
    }
}

/// Tries everything that must be refused in place of what a person has; false when any text opens the
/// probe, so that nothing else can be proven.
pub(super) async fn run(
    attempt: &mut Attempt<'_>,
    person: &Person<'_>,
) -> Result<bool, CheckError> {
    let mut is_guarded = true;
    if person.openers.is_empty() {
        let name = person.name;
        attempt.doubt(format!(
            "What of the credentials of {name} opens {} could not be told.",
            attempt.probe()
        ));
    }
    for opener in &person.openers {
        let junk = junk(attempt, &opener.carrier);
        if try_until_one_opens(attempt, person, opener, junk).await? {
            // Where any text is good, what a token says makes no difference.
            is_guarded = false;
            continue;
        }
        match opener.carrier.token() {
            Ok(jwt) => try_token(attempt, person, opener, &jwt).await?,
            Err(why) => {
                let label = opener.carrier.label();
                attempt.note(format!(
                    "The attacks on signed tokens are left out for {label} of {}: {}.",
                    person.name,
                    why.words()
                ));
            }
        }
    }
    Ok(is_guarded)
}

fn junk(attempt: &Attempt<'_>, carrier: &Carrier) -> Vec<Forgery> {
    let random = attempt.sender.context.random();
    let digits = format!("{:016x}", random.derive("junk credential"));
    let length = carrier.value.expose().len().clamp(16, 64);
    let text: String = digits.chars().cycle().take(length).collect();
    let mut all = vec![
        Forgery::new(
            codes::JUNK,
            "a made-up text in place of the credential",
            carrier.with(text),
        ),
        Forgery::new(
            codes::JUNK,
            "the text `undefined` in place of the credential",
            carrier.with("undefined"),
        ),
        Forgery::new(
            codes::JUNK,
            "an empty text in place of the credential",
            carrier.with(""),
        ),
    ];
    if !carrier.scheme.is_empty() && !carrier.scheme.eq_ignore_ascii_case("basic ") {
        let other = carrier.with("dGlkZWdhdGU6dGlkZWdhdGU=").under("Basic ");
        all.push(Forgery::new(
            codes::JUNK,
            "a made-up user and password in place of the token",
            other,
        ));
    }
    all
}

async fn try_token(
    attempt: &mut Attempt<'_>,
    person: &Person<'_>,
    opener: &Opener,
    jwt: &Jwt,
) -> Result<(), CheckError> {
    if try_until_one_opens(attempt, person, opener, unverified(&opener.carrier, jwt)).await? {
        // A signature that nobody looks at cannot be of the wrong sort.
        return Ok(());
    }
    try_until_one_opens(attempt, person, opener, unsigned(&opener.carrier, jwt)).await?;
    let confused = confused(attempt, &opener.carrier, jwt).await?;
    try_until_one_opens(attempt, person, opener, confused).await?;
    try_stale(attempt, person, opener, jwt).await
}

/// The same token with a signature that cannot fit.
fn unverified(carrier: &Carrier, jwt: &Jwt) -> Vec<Forgery> {
    let changed = jwt.with_old_signature(&promoted(&jwt.claims));
    let forge = |what, token: String| Forgery::new(codes::BAD_SIGNATURE, what, carrier.with(token));
    vec![
        forge(
            "a token whose signature was changed",
            jwt.with_wrong_signature(),
        ),
        forge(
            "a token whose signature was taken away",
            jwt.without_signature(),
        ),
        forge("a token that was changed and kept its signature", changed),
    ]
}

fn unsigned(carrier: &Carrier, jwt: &Jwt) -> Vec<Forgery> {
    let spellings = ["none", "None", "NONE", "nOnE"];
    let forge = |spelling: &str| {
        let what = "a token without a signature that says it needs none (alg: none)";
        Forgery::new(codes::ALG_NONE, what, carrier.with(jwt.unsigned(spelling)))
    };
    spellings.into_iter().map(forge).collect()
}

/// Claims that make somebody more than they are.
fn promoted(claims: &Map<String, Json>) -> Map<String, Json> {
    let mut claims = claims.clone();
    claims.insert("tidegate".to_owned(), Json::from("changed"));
    for role in ["role", "roles", "admin"] {
        match claims.get_mut(role) {
            Some(Json::String(text)) => *text = "admin".to_owned(),
            Some(Json::Array(roles)) => roles.push(Json::from("admin")),
            Some(Json::Bool(flag)) => *flag = true,
            _ => {}
        }
    }
    claims
}

/// The same claims, signed with the public key as if it were a shared one.
async fn confused(
    attempt: &mut Attempt<'_>,
    carrier: &Carrier,
    jwt: &Jwt,
) -> Result<Vec<Forgery>, CheckError> {
    let algorithm = jwt.algorithm();
    let is_public = ["RS", "ES", "PS", "Ed"]
        .iter()
        .any(|family| algorithm.starts_with(family));
    if !is_public {
        return Ok(Vec::new());
    }
    let texts = public_keys(attempt).await?;
    if texts.is_empty() {
        attempt.note(format!("Whether tokens signed with the public key are refused was not tried: no RSA key was found. Name the file with `public-key:` or the set with `jwks:` (tokens say {algorithm})."));
    }
    let what = "a token that was signed with the public key as a shared one (alg: HS256)";
    let spellings = texts
        .iter()
        .flat_map(|text| [text.clone(), text.trim_end().to_owned()]);
    let tokens = spellings.filter_map(|key| jwt.signed(&jwt.claims, "HS256", key.as_bytes()));
    let forge = |token: String| Forgery::new(codes::ALGORITHM_CONFUSION, what, carrier.with(token));
    Ok(tokens.map(forge).collect())
}

async fn public_keys(attempt: &mut Attempt<'_>) -> Result<Vec<String>, CheckError> {
    let known = &attempt.config.keys;
    if let Some(path) = &known.public {
        let bytes = attempt.sender.files.read(path, KEY_FILE)?;
        return Ok(vec![String::from_utf8_lossy(&bytes).into_owned()]);
    }
    let path = match &known.set {
        Some(path) => path.render(&attempt.scope)?,
        None => "/.well-known/jwks.json".into(),
    };
    let cause = attempt.sender.context.cause(attempt.sender.context.span());
    let request = Request {
        purpose: Purpose::Survey,
        ..Request::get(path.expose(), cause)
    };
    let answer = attempt.sender.send(request).await?;
    let set = answer
        .response()
        .and_then(|response| serde_json::from_slice(&response.body).ok());
    Ok(set.map(|set: Json| keys::public(&set)).unwrap_or_default())
}

/// Properly signed tokens that are over, or not for this portal, or not of its issuer.
async fn try_stale(
    attempt: &mut Attempt<'_>,
    person: &Person<'_>,
    opener: &Opener,
    jwt: &Jwt,
) -> Result<(), CheckError> {
    let key = signing_key(attempt, person, opener, jwt).await?;
    let given = &attempt.config.stale;
    let cases = [
        (
            given.expired.clone(),
            codes::EXPIRED,
            "a token that is over",
            "expired",
        ),
        (
            given.audience.clone(),
            codes::OTHER_AUDIENCE,
            "a token for another audience",
            "other-audience",
        ),
        (
            given.issuer.clone(),
            codes::OTHER_ISSUER,
            "a token of another issuer",
            "other-issuer",
        ),
    ];
    let mut untried = Vec::new();
    for (given, code, what, name) in cases {
        let made = match (given, &key) {
            (Some(template), _) => declared(attempt, &template, name)?,
            (None, Some(key)) => {
                jwt.signed(&stale_claims(attempt, jwt, name), jwt.algorithm(), key)
            }
            (None, None) => {
                untried.push(name);
                None
            }
        };
        if let Some(token) = made.filter(|_| is_of_use(jwt, name)) {
            let forgery = Forgery::new(code, what, opener.carrier.with(token));
            try_until_one_opens(attempt, person, opener, vec![forgery]).await?;
        }
    }
    if !untried.is_empty() {
        let names: Vec<String> = untried.iter().map(|name| format!("`{name}:`")).collect();
        attempt.note(format!(
            "Properly signed tokens that must be refused were not tried ({}). Give the key of this environment with `signing-key:`, or such tokens with {}.",
            untried.join(", "),
            names.join(", ")
        ));
    }
    Ok(())
}

/// Tokens that name no audience or issuer are for everybody, and say nothing about those that do.
fn is_of_use(jwt: &Jwt, name: &str) -> bool {
    match name {
        "other-audience" => jwt.claims.contains_key("aud"),
        "other-issuer" => jwt.claims.contains_key("iss"),
        _ => true,
    }
}

fn stale_claims(attempt: &Attempt<'_>, jwt: &Jwt, name: &str) -> Map<String, Json> {
    let mut claims = jwt.claims.clone();
    match name {
        "other-audience" => {
            claims.insert("aud".to_owned(), Json::from("tidegate-other-service"));
        }
        "other-issuer" => {
            claims.insert(
                "iss".to_owned(),
                Json::from("https://issuer.tidegate.example"),
            );
        }
        _ => {
            let now = attempt.sender.context.clock().wall().as_second();
            claims.insert("exp".to_owned(), Json::from(now - OVER));
            for earlier in ["iat", "nbf"] {
                if claims.contains_key(earlier) {
                    claims.insert(earlier.to_owned(), Json::from(now - OVER - 3600));
                }
            }
        }
    }
    claims
}

/// A token that the gate file gives; one that is not over yet is of no use as one that is.
fn declared(
    attempt: &mut Attempt<'_>,
    template: &Template,
    name: &str,
) -> Result<Option<String>, CheckError> {
    let token = template.render(&attempt.scope)?.expose().to_owned();
    let end = Jwt::read(&token).ok().and_then(|jwt| jwt.moment("exp"));
    let now = attempt.sender.context.clock().wall().as_second();
    if name == "expired" && end.is_some_and(|end| end > now) {
        attempt.doubt("The token under `expired:` is not over yet, so that it proves nothing; give an older one.".to_owned());
        return Ok(None);
    }
    Ok(Some(token))
}

/// The key that signs tokens: a weak one that was found, or the declared one; a token signed anew with
/// it opens the probe.
async fn signing_key(
    attempt: &mut Attempt<'_>,
    person: &Person<'_>,
    opener: &Opener,
    jwt: &Jwt,
) -> Result<Option<Vec<u8>>, CheckError> {
    if Hash::of(jwt.algorithm()).is_none() {
        return Ok(None);
    }
    let given = attempt.config.keys.signing.as_ref();
    let key = match (given, claims::weak_key(attempt, jwt)) {
        (_, Some(weak)) => Some(weak.into_bytes()),
        (Some(template), None) => jwt.key_of(template.render(&attempt.scope)?.expose()),
        (None, None) => return Ok(None),
    };
    let Some(key) = key else {
        attempt.doubt(format!("The token of {} is not signed with the key under `signing-key:`, so that it is not the key of this environment.", person.name));
        return Ok(None);
    };
    let Some(anew) = jwt.signed(&jwt.claims, jwt.algorithm(), &key) else {
        return Ok(None);
    };
    let carriers = along(opener, opener.carrier.with(anew));
    attempt.learn_all(&carriers);
    match attempt.knock(&carriers, Purpose::Normal).await? {
        Door::Open(_) => Ok(Some(key)),
        Door::Shut(_) => {
            attempt.doubt(format!("A token of {} that was signed anew with the right key is refused, so that refusals of tokens that are over or for others prove nothing.", person.name));
            Ok(None)
        }
        door => {
            attempt.doubt(door.trouble(&attempt.probe()));
            Ok(None)
        }
    }
}

fn along(opener: &Opener, carrier: Carrier) -> Vec<Carrier> {
    let mut carriers = opener.along.clone();
    carriers.push(carrier);
    carriers
}

/// Whether the probe is shut without the thing that was forged, so that this is what opened it.
async fn is_needed(attempt: &mut Attempt<'_>, opener: &Opener) -> Result<bool, CheckError> {
    if opener.along.is_empty() {
        return Ok(true);
    }
    let needed = matches!(
        attempt.knock(&opener.along, Purpose::Normal).await?,
        Door::Shut(_)
    );
    if !needed {
        let label = opener.carrier.label();
        attempt.doubt(format!(
            "Whether {label} matters changes from one request to the next, so that nothing is proven about it."
        ));
    }
    Ok(needed)
}

/// Sends forgeries of one code until one opens the probe; says whether one did.
async fn try_until_one_opens(
    attempt: &mut Attempt<'_>,
    person: &Person<'_>,
    opener: &Opener,
    forgeries: Vec<Forgery>,
) -> Result<bool, CheckError> {
    for forgery in forgeries {
        let carriers = along(opener, forgery.carrier.clone());
        attempt.learn_all(&carriers);
        match attempt.knock(&carriers, Purpose::Attack).await? {
            Door::Open(response) => {
                if !is_needed(attempt, opener).await? {
                    continue;
                }
                attempt.report.evaluated += 1;
                let probe = attempt.probe();
                let place = forgery.carrier.label();
                let story = Story {
                    before: person.control.clone(),
                    attack: line(&probe, &format!("{} in {place}", forgery.what), &response),
                    after: String::new(),
                };
                let title = format!("{probe} answers a request with {} in {place}", forgery.what);
                let subject = format!("{probe} {}", forgery.carrier.key());
                let span = &attempt.config.probe.span;
                attempt.found(finding(&forgery.code, span, title, subject, &story));
                return Ok(true);
            }
            Door::Shut(_) => attempt.report.evaluated += 1,
            door => {
                let why = door.trouble(&attempt.probe());
                attempt.doubt(format!(
                    "Whether {} is refused could not be told: {why}",
                    forgery.what
                ));
            }
        }
    }
    Ok(false)
}
