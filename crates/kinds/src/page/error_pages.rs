//! Pages that servers, hosts and frameworks show where the portal should be, often with a status of 200.
//!
//! A page is known by its title, its heading or what it says, as a whole: an article about such a page is
//! longer, and called something else.

use super::markup::Markup;

/// The most bytes of text of such a page that is known by its title.
const LONGEST: usize = 6_000;

/// The same when it is known by its text alone.
const SHORT: usize = 1_500;

/// What a page is instead of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instead {
    /// An error.
    Error(&'static str),
    /// What a server or a host shows before anything was deployed, or when nothing is there.
    Placeholder(&'static str),
    /// What a framework shows in a new project.
    Start(&'static str),
}

impl Instead {
    /// What it is, for people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Error(what) | Self::Placeholder(what) | Self::Start(what) => what,
        }
    }
}

/// How such a page is known: everything that is given has to be so.
struct Sign {
    /// The title; its beginning when it ends with a blank or a slash.
    title: &'static str,
    /// What stands in the text.
    texts: &'static [&'static str],
    is: Instead,
}

const fn titled(title: &'static str, texts: &'static [&'static str], is: Instead) -> Sign {
    Sign { title, texts, is }
}

const fn saying(texts: &'static [&'static str], is: Instead) -> Sign {
    titled("", texts, is)
}

use Instead::{Error, Placeholder, Start};

const SIGNS: &[Sign] = &[
    saying(
        &["Application error: a client-side exception has occurred"],
        Error("Next.js' page for an error in the browser"),
    ),
    saying(
        &["Application error: a server-side exception has occurred"],
        Error("Next.js' page for an error on the server"),
    ),
    titled(
        "Error",
        &["Cannot GET /"],
        Error("Express' page for an address that has no route"),
    ),
    titled(
        "Application Error",
        &[],
        Error(
            "a page that says \"Application Error\", as Heroku and Remix show it when the app does not run",
        ),
    ),
    titled("Whitelabel Error Page", &[], Error("Spring's error page")),
    saying(&["Whitelabel Error Page"], Error("Spring's error page")),
    saying(
        &["You're seeing this error because you have DEBUG = True"],
        Error("Django's page for errors in development"),
    ),
    saying(
        &["Error establishing a database connection"],
        Error("WordPress' page for a database that it cannot reach"),
    ),
    saying(
        &["There has been a critical error on this website"],
        Error("WordPress' page for a critical error"),
    ),
    saying(
        &["Server Error in '/' Application."],
        Error("ASP.NET's error page"),
    ),
    saying(
        &["We're sorry, but something went wrong."],
        Error("Rails' error page"),
    ),
    saying(
        &["Application failed to respond"],
        Error("Railway's page for an app that does not answer"),
    ),
    titled(
        "Worker threw exception",
        &[],
        Error("Cloudflare's page for a worker that failed"),
    ),
    titled(
        "Welcome to nginx!",
        &[],
        Placeholder("nginx' page for a server that nothing was set up on"),
    ),
    titled(
        "Welcome to OpenResty!",
        &[],
        Placeholder("OpenResty's page for a server that nothing was set up on"),
    ),
    titled(
        "Apache2 ",
        &["Default Page"],
        Placeholder("Apache's page for a server that nothing was set up on"),
    ),
    titled(
        "Test Page for the ",
        &["HTTP Server"],
        Placeholder("Apache's test page"),
    ),
    titled(
        "HTTP Server Test Page ",
        &[],
        Placeholder("Apache's test page"),
    ),
    titled(
        "Caddy works!",
        &[],
        Placeholder("Caddy's page for a server that nothing was set up on"),
    ),
    titled(
        "IIS Windows",
        &[],
        Placeholder("the start page of Microsoft's web server"),
    ),
    titled(
        "IIS Windows Server",
        &[],
        Placeholder("the start page of Microsoft's web server"),
    ),
    titled(
        "Apache Tomcat/",
        &["successfully installed Tomcat"],
        Placeholder("Tomcat's start page"),
    ),
    titled(
        "Heroku | Welcome to your new app!",
        &[],
        Placeholder("Heroku's page for an app without a deploy"),
    ),
    titled(
        "Welcome to Firebase Hosting",
        &[],
        Placeholder("the page that Firebase Hosting puts there first"),
    ),
    titled(
        "Site Not Found",
        &[],
        Placeholder("a host's page for a site that it does not have"),
    ),
    saying(
        &[
            "Looks like you've followed a broken link or entered a URL that doesn't exist on this site",
        ],
        Error("Netlify's page for an address that is not there"),
    ),
    saying(
        &["There isn't a GitHub Pages site here."],
        Placeholder("GitHub's page for a site that is not there"),
    ),
    saying(
        &["404: NOT_FOUND", "Code: "],
        Error("Vercel's page for an address that is not there"),
    ),
    saying(
        &["DEPLOYMENT_NOT_FOUND"],
        Placeholder("Vercel's page for a deploy that is not there"),
    ),
    titled(
        "Microsoft Azure App Service - Welcome",
        &[],
        Placeholder("Azure's page for an app without a deploy"),
    ),
    titled(
        "Congratulations | Cloud Run",
        &[],
        Placeholder("Cloud Run's page for a service without a deploy"),
    ),
    saying(
        &["Congratulations", "AWS Elastic Beanstalk"],
        Placeholder("Elastic Beanstalk's page for an environment without a deploy"),
    ),
    titled(
        "Domain Default page",
        &[],
        Placeholder("Plesk's page for a domain without a site"),
    ),
    titled(
        "Web Server's Default Page",
        &[],
        Placeholder("Plesk's page for a server without a site"),
    ),
    titled(
        "Default Web Site Page",
        &[],
        Placeholder("cPanel's page for a domain without a site"),
    ),
    saying(
        &["This domain is parked"],
        Placeholder("the page of a parked domain"),
    ),
    saying(
        &["This domain is for sale"],
        Placeholder("the page of a parked domain"),
    ),
    saying(
        &["This domain may be for sale"],
        Placeholder("the page of a parked domain"),
    ),
    titled(
        "The install worked successfully! Congratulations!",
        &[],
        Start("Django's start page of a new project"),
    ),
    saying(
        &["Rails version:", "Ruby version:"],
        Start("Rails' start page of a new project"),
    ),
    titled(
        "Welcome to Symfony!",
        &[],
        Start("Symfony's start page of a new project"),
    ),
    titled(
        "Laravel",
        &["Laracasts", "Deploy now"],
        Start("Laravel's start page of a new project"),
    ),
];

/// Titles of plain error pages, without their number.
const REASONS: &[&str] = &[
    "bad request",
    "unauthorized",
    "forbidden",
    "not found",
    "page not found",
    "this page could not be found",
    "internal server error",
    "server error",
    "bad gateway",
    "service unavailable",
    "service temporarily unavailable",
    "gateway timeout",
    "gateway time-out",
];

/// What a page is instead of the portal, if it is such a page. The whole page is for what stands in no text.
pub(super) fn known(markup: &Markup, page: &str) -> Option<Instead> {
    // PHP writes its errors into the page, whatever else is on it.
    let is_php = page.contains(" on line <b>")
        && ["<b>Fatal error</b>:", "<b>Parse error</b>:"]
            .iter()
            .any(|sign| page.contains(sign));
    if is_php {
        return Some(Error("a page with an error of PHP in it"));
    }
    if markup.text.len() > LONGEST {
        return None;
    }
    let fits = |sign: &&Sign| {
        let text = |wanted: &&str| markup.text.contains(*wanted) || markup.title.contains(*wanted);
        let is_titled = match sign.title {
            "" => markup.text.len() <= SHORT,
            start if start.ends_with([' ', '/']) => markup.title.starts_with(start),
            title => markup.title == title,
        };
        is_titled && sign.texts.iter().all(text)
    };
    if let Some(sign) = SIGNS.iter().find(fits) {
        return Some(sign.is);
    }
    if markup.heading == "It works!" && markup.text.len() < 400 {
        return Some(Placeholder(
            "Apache's page for a server that nothing was set up on",
        ));
    }
    let is_plain = is_plain_error(&markup.title)
        || (markup.title.is_empty() && is_plain_error(&markup.heading));
    is_plain.then_some(Error("an error page"))
}

/// `404 Not Found`, `502: Bad Gateway`, `Error 500 - Internal Server Error`, `404`.
fn is_plain_error(title: &str) -> bool {
    let title = title.to_lowercase();
    let title = title.strip_prefix("http ").unwrap_or(&title);
    let title = title.strip_prefix("error ").unwrap_or(title);
    let Some(number) = title.get(..3) else {
        return false;
    };
    let is_number = matches!(
        number,
        "400" | "401" | "403" | "404" | "500" | "502" | "503" | "504"
    );
    let reason = title[number.len()..].trim_start_matches([':', '-', '–', '|', ' ']);
    let reason = reason.strip_prefix("error: ").unwrap_or(reason);
    let reason = reason.trim_end_matches(['.', '!']);
    is_number && (reason.is_empty() || reason == "error" || REASONS.contains(&reason))
}

#[cfg(test)]
mod tests {
    use super::super::markup::read;
    use super::*;

    fn known_as(page: &str) -> Option<Instead> {
        known(&read(page), page)
    }

    #[test]
    fn pages_of_servers_hosts_and_frameworks_are_known() {
        for page in [
            "<!doctype html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>If you see this page",
            "<html><body><h1>It works!</h1></body></html>",
            "<title>Error</title><pre>Cannot GET /</pre>",
            "<h2>Application error: a client-side exception has occurred while loading a.example</h2>",
            "<title>404: This page could not be found.</title><h1>404</h1>",
            "<title>502 Bad Gateway</title><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>",
            "<title>Site Not Found</title><p>Why am I seeing this?",
            "<title>Welcome to Firebase Hosting</title>",
            "<title>Apache2 Debian Default Page: It works</title>",
            "<br /><b>Fatal error</b>:  Uncaught Error in /a.php:3 thrown in <b>/a.php</b> on line <b>3</b>",
            "<h1>503 Service Temporarily Unavailable</h1>",
            "<title>The install worked successfully! Congratulations!</title>",
        ] {
            assert!(known_as(page).is_some(), "{page}");
        }
    }

    #[test]
    fn pages_that_come_near_are_left_alone() {
        let article = format!(
            "<title>How to mend \"Welcome to nginx!\"</title><h1>It works! Or does it?</h1>{}",
            "<p>Cannot GET / is what Express says when no route fits. ".repeat(200)
        );
        for page in [
            article.as_str(),
            "<title>500 Startups: the portal</title><h1>Welcome</h1>",
            "<title>Error tracking for teams</title><p>See every error.",
            "<title>404 ways to cook rice</title>",
            "<title>Acme portal</title><h1>It works!</h1><p>",
        ] {
            if page.ends_with("<p>") {
                let long = format!(
                    "{page}{}",
                    "Our portal is now faster than ever. ".repeat(20)
                );
                assert_eq!(known_as(&long), None, "{page}");
            } else {
                assert_eq!(known_as(page), None, "{page}");
            }
        }
    }
}
