//! What hosts put in front of an app, for tests of what is recognised before the first check.
//!
//! The real edges cannot be reached from a test, so these are their shapes. *Documented* is what
//! the vendor's own pages promise; *observed* is what reports of real answers agree upon and a
//! vendor may change. *Assumed* is what neither confirmed: it stands in for a shape still to be
//! recorded, and nothing should rely on its details. The wording of every page is ours apart from
//! the markers named here.
//!
//! | Wall | Documented | Observed or assumed |
//! |---|---|---|
//! | Vercel | status 401 at the edge; the header and query parameter `x-vercel-protection-bypass` | cookie `_vercel_sso_nonce`, title "Authentication Required", a page or a 302 that leads to `https://vercel.com/sso-api`, `server: Vercel`, `x-vercel-id` |
//! | Netlify | a site-wide password page before any content | assumed: status 401, a form with one field `password`, `server: Netlify`, `x-nf-request-id` |
//! | Cloudflare Access | sign-in at the team's `cloudflareaccess.com` domain; service tokens in `CF-Access-Client-Id` and `CF-Access-Client-Secret` | status 302 to `/cdn-cgi/access/login/<host>` there, with `redirect_url` |
//! | Cloudflare challenge | header `cf-mitigated: challenge` on every challenge page | status 403 (429 at times), title "Just a moment...", `server: cloudflare`, `cf-ray` |
//! | Render asleep | free services stop after 15 minutes without traffic and take about a minute to start | status 503 with `x-render-routing: hibernate-wake-error` or `dynamic-hibernate-error-503`, `rndr-id`, an empty body |
//! | Fly asleep | the proxy starts a stopped Machine on request | assumed: status 503 with `fly-request-id` and `server: Fly/…` while none is ready |
//!
//! Sources: vercel.com/docs/deployment-protection, docs.netlify.com (visitor access),
//! developers.cloudflare.com (Cloudflare One service tokens; Detect a Challenge Page response),
//! render.com/docs/free, fly.io/docs/reference/fly-proxy-autostop-autostart.
//!
//! Two walls redirect to a public host. A client under test must stop there; nothing in the
//! testkit connects to it.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::escape;
use crate::recorder::{RecordedRequest, Reply};

/// The value of `x-vercel-protection-bypass` that the Vercel walls let through.
pub const VERCEL_BYPASS: &str = "testkit-vercel-bypass-0123456789ab";

/// The value of `CF-Access-Client-Id` that Cloudflare Access lets through.
pub const ACCESS_CLIENT_ID: &str = "testkit-client.access";

/// The value of `CF-Access-Client-Secret` that Cloudflare Access lets through.
pub const ACCESS_CLIENT_SECRET: &str = "testkit-access-secret-0123456789ab";

/// The team whose domain the Cloudflare Access wall redirects to.
const TEAM: &str = "https://tidegate-testkit.cloudflareaccess.com";

/// What stands between a client and the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    /// Vercel Authentication as API clients meet it: 401 with a page.
    VercelPage,
    /// Vercel Authentication as browsers at times meet it: a redirect to the sign-in.
    VercelRedirect,
    /// Netlify's site-wide password page.
    NetlifyPassword,
    /// A Cloudflare Access application.
    CloudflareAccess,
    /// A Cloudflare challenge page, which only a browser can pass.
    CloudflareChallenge,
    /// A Render service that sleeps and wakes after so many refused requests.
    RenderAsleep {
        /// How many requests are refused before the app answers.
        refusals: u32,
    },
    /// A Fly app without a ready Machine that has one after so many refused requests.
    FlyAsleep {
        /// How many requests are refused before the app answers.
        refusals: u32,
    },
}

impl Wall {
    /// Returns what the wall answers in place of the app.
    pub fn reply(self, request: &RecordedRequest) -> Reply {
        match self {
            Self::VercelPage => vercel_page(request),
            Self::VercelRedirect => vercel(Reply::redirect(302, &vercel_sign_in(request))),
            Self::NetlifyPassword => netlify_password(),
            Self::CloudflareAccess => cloudflare_access(request),
            Self::CloudflareChallenge => cloudflare_challenge(),
            Self::RenderAsleep { .. } => render_asleep(),
            Self::FlyAsleep { .. } => fly_asleep(),
        }
    }

    /// Returns whether the wall lets a request through, `earlier` requests having met it before.
    fn admits(self, request: &RecordedRequest, earlier: u32) -> bool {
        let header = |name, value| request.header(name) == Some(value);
        match self {
            Self::VercelPage | Self::VercelRedirect => {
                let name = "x-vercel-protection-bypass";
                header(name, VERCEL_BYPASS)
                    || request.query_value(name).as_deref() == Some(VERCEL_BYPASS)
            }
            Self::CloudflareAccess => {
                header("cf-access-client-id", ACCESS_CLIENT_ID)
                    && header("cf-access-client-secret", ACCESS_CLIENT_SECRET)
            }
            Self::NetlifyPassword | Self::CloudflareChallenge => false,
            Self::RenderAsleep { refusals } | Self::FlyAsleep { refusals } => earlier >= refusals,
        }
    }
}

/// Puts a wall in front of a handler, for [`crate::recorder::App::start`].
///
/// ```
/// use tidegate_testkit::recorder::{App, Reply};
/// use tidegate_testkit::sign_in_walls::{Wall, behind};
///
/// let app = App::start(behind(Wall::VercelPage, |_| Reply::new(200)));
/// # drop(app);
/// ```
pub fn behind<H>(
    wall: Wall,
    handler: H,
) -> impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static
where
    H: Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
{
    let met = AtomicU32::new(0);
    move |request| {
        let earlier = met.fetch_add(1, Ordering::Relaxed);
        if wall.admits(request, earlier) {
            handler(request)
        } else {
            wall.reply(request)
        }
    }
}

/// Returns the URL the client asked for, as the edge would name it in a query value.
fn asked_url(request: &RecordedRequest) -> String {
    let host = request.header("host").unwrap_or("app.example");
    escape::percent(&format!("https://{host}{}", request.target))
}

fn vercel_sign_in(request: &RecordedRequest) -> String {
    format!(
        "https://vercel.com/sso-api?url={}&nonce=4c8f2d1a9b7e",
        asked_url(request)
    )
}

fn vercel(reply: Reply) -> Reply {
    let cookie =
        "_vercel_sso_nonce=Zk3rT9wQx1; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax";
    reply
        .header("set-cookie", cookie)
        .header("cache-control", "no-store, max-age=0")
        .header("x-frame-options", "DENY")
        .header("x-robots-tag", "noindex")
        .header("server", "Vercel")
        .header("x-vercel-id", "fra1::abcde-1700000000000-0123456789ab")
}

fn vercel_page(request: &RecordedRequest) -> Reply {
    let target = escape::html(&vercel_sign_in(request));
    let page = format!(
        "<!doctype html><html><head><title>Authentication Required</title>\
         <meta http-equiv=\"refresh\" content=\"1; url={target}\"></head>\
         <body><h1>Authentication Required</h1><a href=\"{target}\">Continue</a></body></html>"
    );
    vercel(Reply::html(401, &page))
}

fn netlify_password() -> Reply {
    let page = "<!doctype html><html><head><title>Password protected site</title></head><body>\
        <form method=\"post\"><input type=\"password\" name=\"password\" required>\
        <button>Submit</button></form></body></html>";
    Reply::html(401, page)
        .header("server", "Netlify")
        .header("x-nf-request-id", "01HTESTKITREQUEST0000000000")
        .header("cache-control", "private, max-age=0")
}

fn cloudflare(reply: Reply) -> Reply {
    reply
        .header("server", "cloudflare")
        .header("cf-ray", "8a1b2c3d4e5f6071-FRA")
}

fn cloudflare_access(request: &RecordedRequest) -> Reply {
    let host = request.header("host").unwrap_or("app.example");
    let location = format!(
        "{TEAM}/cdn-cgi/access/login/{host}?kid=0123456789abcdef&redirect_url={}",
        escape::percent(&request.target)
    );
    cloudflare(Reply::redirect(302, &location))
}

fn cloudflare_challenge() -> Reply {
    let page = "<!doctype html><html><head><title>Just a moment...</title></head><body>\
        <noscript>Enable JavaScript and cookies to continue</noscript>\
        <script src=\"/cdn-cgi/challenge-platform/scripts/x\"></script></body></html>";
    cloudflare(Reply::html(403, page)).header("cf-mitigated", "challenge")
}

fn render_asleep() -> Reply {
    Reply::new(503)
        .header("x-render-routing", "hibernate-wake-error")
        .header("rndr-id", "00000000-0000-4000")
        .header("server", "cloudflare")
}

fn fly_asleep() -> Reply {
    Reply::new(503)
        .header("server", "Fly/0123abcd (2026-01-01)")
        .header("fly-request-id", "01HTESTKITREQUEST0000000000-fra")
        .header("via", "1.1 fly.io")
}

#[cfg(test)]
mod tests {
    use super::{ACCESS_CLIENT_ID, ACCESS_CLIENT_SECRET, VERCEL_BYPASS, Wall, behind};
    use crate::client;
    use crate::recorder::{App, Reply};

    fn start(wall: Wall) -> App {
        App::start(behind(wall, |_| Reply::text(200, "the app")))
    }

    #[test]
    fn vercel_answers_401_with_its_marks_and_admits_the_bypass() {
        let app = start(Wall::VercelPage);
        let answer = client::get(app.address(), "/api?a=1&b=2");
        assert_eq!(
            (answer.status, answer.header("server")),
            (401, Some("Vercel"))
        );
        assert!(
            answer
                .header("set-cookie")
                .unwrap()
                .starts_with("_vercel_sso_nonce=")
        );
        assert!(
            answer
                .text()
                .contains("<title>Authentication Required</title>")
        );
        assert!(
            answer
                .text()
                .contains("https://vercel.com/sso-api?url=https%3A%2F%2F127.0.0.1")
        );
        let bypass = [("x-vercel-protection-bypass", VERCEL_BYPASS)];
        assert_eq!(
            client::send(app.address(), "GET", "/", &bypass, "").text(),
            "the app"
        );
        let target = format!("/?x-vercel-protection-bypass={VERCEL_BYPASS}");
        assert_eq!(client::get(app.address(), &target).text(), "the app");
        let wrong = [("x-vercel-protection-bypass", "wrong")];
        assert_eq!(
            client::send(app.address(), "GET", "/", &wrong, "").status,
            401
        );
    }

    #[test]
    fn vercel_redirects_a_browser_to_its_sign_in() {
        let answer = client::get(start(Wall::VercelRedirect).address(), "/");
        assert_eq!(answer.status, 302);
        assert!(
            answer
                .header("location")
                .unwrap()
                .starts_with("https://vercel.com/sso-api?url=")
        );
    }

    #[test]
    fn netlify_asks_for_a_password() {
        let answer = client::get(start(Wall::NetlifyPassword).address(), "/");
        assert_eq!(
            (answer.status, answer.header("server")),
            (401, Some("Netlify"))
        );
        assert!(answer.text().contains("name=\"password\""));
    }

    #[test]
    fn cloudflare_access_redirects_and_admits_a_service_token() {
        let app = start(Wall::CloudflareAccess);
        let answer = client::get(app.address(), "/a?b=c");
        let location = answer.header("location").unwrap();
        assert_eq!(answer.status, 302);
        assert!(location.contains(".cloudflareaccess.com/cdn-cgi/access/login/127.0.0.1:"));
        assert!(
            location.ends_with("&redirect_url=%2Fa%3Fb%3Dc"),
            "{location}"
        );
        let id = ("CF-Access-Client-Id", ACCESS_CLIENT_ID);
        let secret = ("CF-Access-Client-Secret", ACCESS_CLIENT_SECRET);
        assert_eq!(
            client::send(app.address(), "GET", "/", &[id], "").status,
            302
        );
        assert_eq!(
            client::send(app.address(), "GET", "/", &[id, secret], "").status,
            200
        );
    }

    #[test]
    fn cloudflare_challenges_with_its_header() {
        let answer = client::get(start(Wall::CloudflareChallenge).address(), "/");
        assert_eq!(
            (answer.status, answer.header("cf-mitigated")),
            (403, Some("challenge"))
        );
        assert!(answer.text().contains("<title>Just a moment...</title>"));
    }

    #[test]
    fn sleepers_refuse_so_often_and_then_answer() {
        let render = start(Wall::RenderAsleep { refusals: 2 });
        let first = client::get(render.address(), "/");
        assert_eq!(
            first.header("x-render-routing"),
            Some("hibernate-wake-error")
        );
        let statuses = [0; 3].map(|_| client::get(render.address(), "/").status);
        assert_eq!((first.status, statuses), (503, [503, 200, 200]));
        let fly = start(Wall::FlyAsleep { refusals: 1 });
        let first = client::get(fly.address(), "/");
        assert!(first.header("server").unwrap().starts_with("Fly/"));
        assert_eq!(
            (first.status, client::get(fly.address(), "/").status),
            (503, 200)
        );
    }
}
