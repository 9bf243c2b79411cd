//! Files that must not be served.

use tidegate_core::check::{CheckError, Context};
use tidegate_core::ports::http::{HttpError, Purpose, Request, Response};

use super::crawler::is_html;
use super::{Fetched, FetchedKind};

/// The most bytes of a file that are read.
const BODY_CAP: usize = 1024 * 1024;

/// A file that is served and must not be.
#[derive(Debug)]
pub(crate) struct Exposed {
    /// Its path.
    pub(crate) path: &'static str,
    /// What it is, as in `environment variables`.
    pub(crate) what: &'static str,
    /// The answer, for what is in it.
    pub(crate) fetched: Fetched,
}

/// What came of looking for such files.
#[derive(Debug, Default)]
pub(crate) struct Probed {
    /// Those that are served.
    pub(crate) exposed: Vec<Exposed>,
    /// The paths without an answer, and why.
    pub(crate) unanswered: Vec<(String, HttpError)>,
}

/// A file to look for.
struct Probe {
    path: &'static str,
    what: &'static str,
    /// Whether a text is such a file.
    is_it: fn(&str) -> bool,
}

const fn probe_of(path: &'static str, what: &'static str, is_it: fn(&str) -> bool) -> Probe {
    Probe { path, what, is_it }
}

const VARIABLES: &str = "environment variables";

static PROBES: &[Probe] = &[
    probe_of("/.env", VARIABLES, is_env),
    probe_of("/.env.local", VARIABLES, is_env),
    probe_of("/.env.production", VARIABLES, is_env),
    probe_of("/.git/HEAD", "the git repository", is_git_head),
    probe_of(
        "/.git/config",
        "the settings of the git repository",
        is_git_config,
    ),
    probe_of("/.npmrc", "the settings of npm", is_npmrc),
    probe_of("/.aws/credentials", "keys of AWS", is_aws),
    probe_of("/.htpasswd", "password hashes", is_htpasswd),
    probe_of(
        "/docker-compose.yml",
        "the settings of Docker Compose",
        is_compose,
    ),
    probe_of("/backup.sql", "a dump of the database", is_dump),
    probe_of("/dump.sql", "a dump of the database", is_dump),
];

/// Looks for files that must not be served, as a stranger. What an answer holds decides, never its
/// status: many sites answer with a page whatever is asked for.
///
/// # Errors
/// When the kind does not declare the port for requests, or the run was stopped.
pub(crate) async fn probe(context: &Context) -> Result<Probed, CheckError> {
    let mut probed = Probed::default();
    let nowhere = format!("/.{:016x}", context.random().derive("no such file"));
    let usual = send(context, &nowhere, &mut probed).await?;
    if usual.is_none() {
        return Ok(probed);
    }
    let usual = usual.map(|response| response.body);
    for Probe { path, what, is_it } in PROBES {
        let Some(response) = send(context, path, &mut probed).await? else {
            continue;
        };
        let same = usual.as_deref() == Some(&*response.body);
        if same || is_html(&response.body) || !is_it(&response.text()) {
            continue;
        }
        let fetched = Fetched::new(response, (*path).to_owned(), FetchedKind::Other, None);
        probed.exposed.push(Exposed {
            path,
            what,
            fetched,
        });
    }
    Ok(probed)
}

/// Asks for a path; what does not answer is noted.
async fn send(
    context: &Context,
    path: &str,
    probed: &mut Probed,
) -> Result<Option<Response>, CheckError> {
    let request = Request {
        body_cap: BODY_CAP,
        purpose: Purpose::Attack,
        ..Request::get(path, context.cause(context.span()))
    };
    match context.http()?.send(request).await {
        Ok(response) => Ok(Some(response)),
        Err(HttpError::Stopped) => Err(HttpError::Stopped.into()),
        Err(error) => {
            probed.unanswered.push((path.to_owned(), error));
            Ok(None)
        }
    }
}

/// The lines that say something, each with what ends or hides it cut off.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start_matches('\u{FEFF}');
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with(['#', ';']))
}

/// The first line is the assignment of a variable, and nothing before it is anything else.
fn is_env(text: &str) -> bool {
    lines(text).next().is_some_and(|line| {
        let line = line.strip_prefix("export ").unwrap_or(line);
        line.split_once('=')
            .is_some_and(|(name, _)| is_name(name.trim_end()))
    })
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
}

fn is_git_head(text: &str) -> bool {
    let text = text.trim_end();
    text.starts_with("ref: refs/")
        || (text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_git_config(text: &str) -> bool {
    lines(text).next().is_some_and(|line| line.starts_with('[')) && has_line(text, "[core]")
}

fn is_npmrc(text: &str) -> bool {
    const SETTINGS: &[&str] = &[
        "registry",
        "_auth",
        "email",
        "always-auth",
        "save-exact",
        "engine-strict",
    ];
    lines(text).next().is_some_and(|line| {
        line.split_once('=').is_some_and(|(name, _)| {
            let name = name.trim_end();
            SETTINGS.iter().any(|setting| name.contains(setting))
        })
    })
}

fn is_aws(text: &str) -> bool {
    lines(text).next().is_some_and(|line| line.starts_with('['))
        && has_line(text, "aws_access_key_id")
}

fn is_htpasswd(text: &str) -> bool {
    const HASHES: &[&str] = &["$apr1$", "$2y$", "$2a$", "$2b$", "$5$", "$6$", "{SHA}"];
    lines(text).next().is_some_and(|line| {
        line.split_once(':')
            .is_some_and(|(_, hash)| HASHES.iter().any(|start| hash.starts_with(start)))
    })
}

fn is_compose(text: &str) -> bool {
    has_line(text, "services:") && (has_line(text, "image:") || has_line(text, "build:"))
}

fn is_dump(text: &str) -> bool {
    const STATEMENTS: &[&str] = &[
        "-- MySQL dump",
        "-- MariaDB dump",
        "-- PostgreSQL database dump",
        "CREATE TABLE ",
        "INSERT INTO ",
        "PRAGMA foreign_keys",
    ];
    lines(text)
        .take(200)
        .any(|line| STATEMENTS.iter().any(|start| line.starts_with(start)))
}

fn has_line(text: &str, start: &str) -> bool {
    lines(text).any(|line| line.starts_with(start))
}
