//! What stands before the app instead of the app itself, told from one answer.
//!
//! The marks are those that the vendors document or that answers of theirs agree upon: Vercel
//! (Deployment Protection), Netlify (visitor access), Cloudflare (Access; `cf-mitigated` of
//! challenge pages), Render (`x-render-routing` of stopped services), Fly and Railway (answers of
//! their proxies without an instance behind them).

use tidegate_core::ports::http::Response;

/// What stands before the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wall {
    VercelSignIn,
    NetlifySignIn,
    CloudflareAccess,
    BotChallenge,
    /// The instance sleeps and wakes up by being asked.
    Asleep(Host),
}

/// A host whose instances sleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    Render,
    Fly,
    Railway,
}

/// The wall that an answer shows; `None` when it is the app's own, whatever its status.
pub(super) fn wall(response: &Response) -> Option<Wall> {
    if response.header("cf-mitigated") == Some("challenge") {
        return Some(Wall::BotChallenge);
    }
    sign_in(response).or_else(|| asleep(response).map(Wall::Asleep))
}

fn sign_in(response: &Response) -> Option<Wall> {
    let leads_to = response
        .refused_redirect
        .as_deref()
        .or_else(|| response.header("location"))
        .unwrap_or_default();
    let host = host_of(leads_to);
    if host == "vercel.com" && leads_to.contains("/sso-api") {
        return Some(Wall::VercelSignIn);
    }
    if host.ends_with(".cloudflareaccess.com") {
        return Some(Wall::CloudflareAccess);
    }
    let served_by = |name: &str| {
        let server = response.header("server").unwrap_or_default();
        server.eq_ignore_ascii_case(name)
    };
    if response.status != 401 {
        return None;
    }
    // An app behind the same edge answers 401 too; only the edge's own page is a wall.
    let page = response.text();
    let vercel_cookie = response
        .headers
        .iter()
        .any(|(name, value)| name == "set-cookie" && value.starts_with("_vercel_sso_nonce="));
    if served_by("vercel") && (vercel_cookie || page.contains("https://vercel.com/sso-api")) {
        return Some(Wall::VercelSignIn);
    }
    let asks_password = page.contains("type=\"password\"") && page.contains("name=\"password\"");
    (served_by("netlify") && asks_password).then_some(Wall::NetlifySignIn)
}

fn host_of(url: &str) -> &str {
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme))
        .unwrap_or_default();
    rest.split(['/', '?', '#', ':']).next().unwrap_or_default()
}

fn asleep(response: &Response) -> Option<Host> {
    let header = |name| response.header(name);
    match response.status {
        502..=504 if header("x-render-routing").is_some_and(|how| how.contains("hibernate")) => {
            Some(Host::Render)
        }
        502..=504 if header("x-railway-fallback") == Some("true") => Some(Host::Railway),
        502 | 503
            if header("fly-request-id").is_some()
                && header("server").is_some_and(|server| server.starts_with("Fly/")) =>
        {
            Some(Host::Fly)
        }
        _ => None,
    }
}

impl Wall {
    /// Its code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::VercelSignIn | Self::NetlifySignIn | Self::CloudflareAccess => {
                "preflight/sign-in-wall"
            }
            Self::BotChallenge => "preflight/bot-challenge",
            Self::Asleep(_) => "preflight/asleep",
        }
    }

    /// What stands there, as a sentence without a full stop.
    pub(super) fn message(self) -> String {
        match self {
            Self::VercelSignIn => "Vercel asks for a sign-in before it shows the deploy".into(),
            Self::NetlifySignIn => "Netlify asks for a password before it shows the deploy".into(),
            Self::CloudflareAccess => {
                "Cloudflare Access asks for a sign-in before it shows the deploy".into()
            }
            Self::BotChallenge => {
                "Cloudflare takes Tidegate for a bot and wants a browser to solve a challenge"
                    .into()
            }
            Self::Asleep(host) => format!("the instance at {} did not wake up", host.name()),
        }
    }

    /// What to do, in plain sentences.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::VercelSignIn => {
                "Create a bypass secret in the Vercel project (Settings, Deployment Protection, Protection Bypass for Automation) and send it: `headers: { x-vercel-protection-bypass: \"${VERCEL_BYPASS}\" }` in the environment."
            }
            Self::NetlifySignIn => {
                "Switch the password protection off for deploy previews in the Netlify project (Access and security, Visitor access), or gate a deploy without it."
            }
            Self::CloudflareAccess => {
                "Create a service token in Cloudflare Zero Trust, allow it in the application's policy, and send it: `headers: { CF-Access-Client-Id: \"${ACCESS_ID}\", CF-Access-Client-Secret: \"${ACCESS_SECRET}\" }` in the environment."
            }
            Self::BotChallenge => {
                "Let this client through with a WAF rule that skips the challenge for a secret header, and send that header with `headers:` in the environment; or gate the host's own address behind Cloudflare."
            }
            Self::Asleep(Host::Render) => {
                "Open the service in Render's dashboard and see why it does not start."
            }
            Self::Asleep(Host::Fly) => "See `fly status` and `fly logs` for why no Machine starts.",
            Self::Asleep(Host::Railway) => {
                "See the deploy's log in Railway for why the service does not answer."
            }
        }
    }
}

impl Host {
    /// The host's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Render => "Render",
            Self::Fly => "Fly",
            Self::Railway => "Railway",
        }
    }
}

#[cfg(test)]
mod tests;
