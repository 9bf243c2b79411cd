//! Where the portal runs: the environments of the gate file.

use std::fmt::Write as _;

use tidegate_core::gate::EnvironmentKind;
use tidegate_kinds::draft::quoted;
use url::{Host as UrlHost, Url};

use super::Wish;
use super::write::{comment, literal, switched_off};
use crate::project::{Host, Serve, Technology};

/// The variable with the address of a preview.
pub(super) const PREVIEW_URL: &str = "PREVIEW_URL";

/// The environment in which the gate starts the app, beside an address of this machine that was given.
const BUILT: &str = "built";

/// An environment of the gate file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: &'static str,
    /// What sort of place it is.
    pub kind: EnvironmentKind,
    /// Where it is.
    pub address: Address,
    /// Whether the gate starts the app itself.
    pub starts: bool,
}

/// Where an environment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// At this address.
    Known(String),
    /// Where the variable of this name says.
    Variable(&'static str),
}

/// The environments of a gate file, in its order.
///
/// An address of this machine, and an app that can be started here, are `local`; where the address is not the one
/// that the app is started at, the app is `built` beside it, which a runner of GitHub can do, too. A project has a
/// `preview`, whose address comes from a variable unless it was given. What else was given, and
/// production where it is known, have their own.
pub fn places(wish: &Wish) -> Vec<Place> {
    let given = wish.url.as_deref().map(|url| {
        let kind = wish.kind.unwrap_or_else(|| likely_kind(url));
        (kind, Address::Known(url.to_owned()))
    });
    let mut places = local(wish);
    let has_app = wish.app.is_some();
    if has_app && !matches!(given, Some((EnvironmentKind::Preview, _))) {
        places.push(place(
            EnvironmentKind::Preview,
            Address::Variable(PREVIEW_URL),
        ));
    }
    if let Some((kind, address)) = given
        && kind != EnvironmentKind::Local
    {
        places.push(place(kind, address));
    }
    let is_told = places
        .iter()
        .any(|one| one.kind == EnvironmentKind::Production);
    if let Some(url) = wish.production.as_ref().filter(|_| !is_told) {
        places.push(place(
            EnvironmentKind::Production,
            Address::Known(url.clone()),
        ));
    }
    if places.is_empty() {
        places.push(place(
            EnvironmentKind::Preview,
            Address::Variable(PREVIEW_URL),
        ));
    }
    places
}

fn place(kind: EnvironmentKind, address: Address) -> Place {
    Place {
        name: name(kind),
        kind,
        address,
        starts: false,
    }
}

fn name(kind: EnvironmentKind) -> &'static str {
    match kind {
        EnvironmentKind::Preview => "preview",
        EnvironmentKind::Staging => "staging",
        EnvironmentKind::Local => "local",
        EnvironmentKind::Production => "production",
    }
}

/// This machine: the address that was given for it, and where the app is started.
fn local(wish: &Wish) -> Vec<Place> {
    let at = |url: &str| place(EnvironmentKind::Local, Address::Known(url.to_owned()));
    let given = wish.url.as_deref().filter(|url| {
        let kind = wish.kind.unwrap_or_else(|| likely_kind(url));
        kind == EnvironmentKind::Local
    });
    let own = serve(wish).map(own_address);
    let starting = |url: &str| Place {
        starts: true,
        ..at(url)
    };
    match (given, own) {
        (None, None) => Vec::new(),
        (None, Some(own)) => vec![starting(&own)],
        (Some(given), None) => vec![at(given)],
        (Some(given), Some(own)) if same_port(&own, given) => vec![starting(given)],
        (Some(given), Some(own)) => {
            let built = Place {
                name: BUILT,
                ..starting(&own)
            };
            vec![at(given), built]
        }
    }
}

fn serve(wish: &Wish) -> Option<&Serve> {
    let serve = wish.app.as_ref()?.serve.as_ref()?;
    Some(&serve.value)
}

fn own_address(serve: &Serve) -> String {
    format!("http://127.0.0.1:{}", serve.port)
}

fn same_port(one: &str, other: &str) -> bool {
    let port = |url: &str| Url::parse(url).ok()?.port_or_known_default();
    port(one) == port(other)
}

/// What sort of place an address seems to be: this machine, a preview by the names that Vercel and Netlify
/// give, and production otherwise, which is only looked at.
pub fn likely_kind(url: &str) -> EnvironmentKind {
    let Ok(parsed) = Url::parse(url) else {
        return EnvironmentKind::Production;
    };
    match parsed.host() {
        Some(UrlHost::Ipv4(address)) if address.is_loopback() => EnvironmentKind::Local,
        Some(UrlHost::Ipv6(address)) if address.is_loopback() => EnvironmentKind::Local,
        Some(UrlHost::Domain("localhost")) => EnvironmentKind::Local,
        Some(UrlHost::Domain(host)) if is_preview(host) => EnvironmentKind::Preview,
        _ => EnvironmentKind::Production,
    }
}

/// Vercel: `project-git-branch-team.vercel.app`; Netlify: `deploy-preview-7--site.netlify.app`.
fn is_preview(host: &str) -> bool {
    let vercel = host.ends_with(".vercel.app") && host.contains("-git-");
    vercel || (host.ends_with(".netlify.app") && host.contains("--"))
}

/// Writes `environments:` and `variables:`.
pub(super) fn write(text: &mut String, wish: &Wish) {
    let places = places(wish);
    text.push_str("\nenvironments:\n");
    for (number, place) in places.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        one(text, place, wish);
    }
    let has = |kind| places.iter().any(|one| one.kind == kind);
    if !has(EnvironmentKind::Preview) {
        text.push('\n');
        switched_off(
            text,
            2,
            &[
                "A preview of each change, before it reaches anybody. Checks may create and remove",
                "things there, which they never do in production.",
            ],
            "preview:\n  kind: preview\n  url: https://preview.invalid  # put its address here",
        );
    }
    if !has(EnvironmentKind::Production) {
        text.push('\n');
        switched_off(
            text,
            2,
            &["What your clients use. It is only looked at, gently."],
            "production:\n  url: https://portal.invalid  # put its address here",
        );
    }
    variables(text, &places, wish);
}

fn one(text: &mut String, place: &Place, wish: &Wish) {
    let words: &[&str] = match place.kind {
        EnvironmentKind::Local if place.starts => {
            &["This machine: the gate starts what was built, and ends it afterwards."]
        }
        EnvironmentKind::Local => &["This machine; start the app yourself before a run."],
        EnvironmentKind::Preview => {
            &["A deploy made for one change. Checks may create things here, and remove them again."]
        }
        EnvironmentKind::Staging => {
            &["A copy of production. Checks may create things here, and remove them again."]
        }
        EnvironmentKind::Production => &["What your clients use. It is only looked at, gently."],
    };
    comment(text, 2, words);
    // Writing to a text does not fail.
    let _ = writeln!(text, "  {}:", place.name);
    if place.kind != EnvironmentKind::Production {
        let _ = writeln!(text, "    kind: {}", name(place.kind));
    }
    let _ = match &place.address {
        Address::Known(url) => writeln!(text, "    url: {}", literal(url)),
        Address::Variable(name) => writeln!(text, "    url: ${{{name}}}"),
    };
    if place.starts {
        start(text, wish);
    }
    if place.kind != EnvironmentKind::Local {
        wall(text, place, wish);
    }
}

/// How the app is started, and where its build lies when the check would not look there by itself.
fn start(text: &mut String, wish: &Wish) {
    let Some((app, serve)) = wish.app.as_ref().zip(serve(wish)) else {
        return;
    };
    let _ = writeln!(
        text,
        "    start:\n      command: {}",
        literal(&serve.command)
    );
    if !app.folder.is_empty() {
        let _ = writeln!(text, "      directory: {}", quoted(&app.folder));
    }
    if !serve.environment.is_empty() {
        let pairs = serve.environment.iter();
        let pairs = pairs.map(|(name, value)| format!("{}: {}", quoted(name), literal(value)));
        let pairs: Vec<String> = pairs.collect();
        let _ = writeln!(text, "      environment: {{ {} }}", pairs.join(", "));
    }
    let _ = writeln!(
        text,
        "      ready: {{ get: {} }}\n      within: 60s",
        literal(&serve.ready)
    );
    if !app.folder.is_empty() && !app.output.is_empty() {
        let folders: Vec<String> = app.output.iter().map(|folder| quoted(folder)).collect();
        let _ = writeln!(
            text,
            "    checks:\n      no-secrets: {{ secrets: {{ build: [{}] }} }}",
            folders.join(", ")
        );
    }
}

/// How to get past a sign-in page, by who seems to ask for it.
fn wall(text: &mut String, place: &Place, wish: &Wish) {
    let at = |ending: &str| match &place.address {
        Address::Known(url) => host_of(url).is_some_and(|host| host.ends_with(ending)),
        Address::Variable(_) => false,
    };
    let is_open = matches!(place.address, Address::Variable(_));
    if at(".vercel.app") || (is_open && wish.is_hosted_at(Host::Vercel)) {
        switched_off(
            text,
            4,
            &[
                "Behind Vercel's sign-in? Make a bypass secret in the Vercel project (Settings,",
                "Deployment Protection, Protection Bypass for Automation) and send it along:",
            ],
            "headers: { x-vercel-protection-bypass: \"${VERCEL_BYPASS}\" }",
        );
    } else if at(".netlify.app") || (is_open && wish.is_hosted_at(Host::Netlify)) {
        comment(
            text,
            4,
            &[
                "Behind Netlify's password? Switch it off for previews (Access and security, Visitor",
                "access): the gate cannot fill it in.",
            ],
        );
    } else if matches!(&place.address, Address::Known(url) if Some(url) == wish.url.as_ref()) {
        switched_off(
            text,
            4,
            &[
                "Behind a sign-in page? Headers that let the gate pass are sent to this address alone.",
                "For Cloudflare Access, make a service token in Cloudflare Zero Trust:",
            ],
            "headers: { CF-Access-Client-Id: \"${ACCESS_ID}\", CF-Access-Client-Secret: \"${ACCESS_SECRET}\" }",
        );
    }
}

fn host_of(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.host_str()?.to_owned())
}

/// The variables that are no secrets.
fn variables(text: &mut String, places: &[Place], wish: &Wish) {
    let mut names = Vec::new();
    let named = places.iter().filter_map(|place| match place.address {
        Address::Variable(name) => Some(name),
        Address::Known(_) => None,
    });
    names.extend(named);
    if wish.is_built_with(Technology::Supabase) {
        names.push(super::journeys::SUPABASE_URL);
    }
    if names.is_empty() {
        return;
    }
    text.push('\n');
    comment(
        text,
        0,
        &["Addresses that come from outside. Every other ${NAME} is a secret, and never shown."],
    );
    text.push_str("variables:\n");
    for name in names {
        let _ = writeln!(text, "  {name}: {{}}");
    }
}
