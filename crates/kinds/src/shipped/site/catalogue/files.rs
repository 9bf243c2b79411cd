//! Files that are for the makers of the portal only.

use tidegate_core::meta::Severity::{Critical, Medium};

use super::{Form, Look, Probe, Sort};

const VARIABLES: &str = "environment variables";
const GIT: &str = "the git repository";
const DUMP: &str = "a dump of the database";
const DATABASE: &str = "a whole database";
const ARCHIVE: &str = "an archive";

const fn file(
    path: &'static str,
    what: &'static str,
    sort: Sort,
    is_it: fn(&Look<'_>) -> bool,
) -> Probe {
    Probe::new(path, what, sort, Form::File, is_it)
}

const fn variables(path: &'static str) -> Probe {
    file(path, VARIABLES, Sort::Variables, is_env)
}

const fn dump(path: &'static str) -> Probe {
    file(path, DUMP, Sort::Backup, is_dump)
}

const fn archive(path: &'static str, what: &'static str, is_it: fn(&Look<'_>) -> bool) -> Probe {
    Probe::new(path, what, Sort::Backup, Form::Archive, is_it)
}

const fn settings(path: &'static str, what: &'static str, is_it: fn(&Look<'_>) -> bool) -> Probe {
    file(path, what, Sort::Settings, is_it)
}

const fn manifest(path: &'static str, what: &'static str, is_it: fn(&Look<'_>) -> bool) -> Probe {
    file(path, what, Sort::Manifest, is_it)
}

/// All of them.
pub(super) static FILES: &[Probe] = &[
    variables("/.env").with_keys(),
    variables("/.env.local").with_keys(),
    variables("/.env.production").with_keys(),
    variables("/.env.development"),
    variables("/.env.staging"),
    variables("/.env.backup"),
    variables("/.env.bak"),
    variables("/api/.env"),
    file("/.git/HEAD", GIT, Sort::Repository, is_git_head).with_keys(),
    file(
        "/.git/config",
        "the settings of the git repository",
        Sort::Repository,
        is_git_config,
    )
    .with_keys(),
    Probe::new(
        "/.git/index",
        GIT,
        Sort::Repository,
        Form::Archive,
        |look| look.starts(b"DIRC\0\0\0"),
    ),
    Probe::new(
        "/.svn/wc.db",
        "the Subversion working copy",
        Sort::Repository,
        Form::Archive,
        is_sqlite,
    ),
    settings("/.npmrc", "the settings of npm", is_npmrc).with_keys(),
    settings("/.aws/credentials", "keys of AWS", is_aws)
        .with_keys()
        .severity(Critical),
    settings("/.htpasswd", "password hashes", is_htpasswd).with_keys(),
    settings(
        "/docker-compose.yml",
        "the settings of Docker Compose",
        is_compose,
    )
    .with_keys(),
    dump("/backup.sql").with_keys(),
    dump("/dump.sql").with_keys(),
    dump("/database.sql"),
    dump("/db.sql"),
    archive("/backup.zip", ARCHIVE, is_zip).telling(),
    archive("/backup.tar.gz", ARCHIVE, is_gzip).telling(),
    archive("/backup.sql.gz", DUMP, is_gzip),
    archive("/www.zip", ARCHIVE, is_zip),
    archive("/release.zip", ARCHIVE, is_zip),
    archive("/db.sqlite", DATABASE, is_sqlite).telling(),
    archive("/db.sqlite3", DATABASE, is_sqlite).telling(),
    archive("/prisma/dev.db", DATABASE, is_sqlite),
    settings(
        "/wp-config.php.bak",
        "a copy of the program's settings",
        is_php,
    )
    .telling(),
    settings("/id_rsa", "a private key", is_private_key)
        .telling()
        .severity(Critical),
    settings("/server.key", "a private key", is_private_key).severity(Critical),
    settings("/serviceAccountKey.json", "a key of Google Cloud", |look| {
        look.json(&["private_key", "client_email"])
    })
    .telling()
    .severity(Critical),
    settings("/terraform.tfstate", "the state of Terraform", |look| {
        look.json(&["terraform_version", "resources"])
    })
    .telling(),
    settings("/appsettings.json", "the settings of the program", |look| {
        look.json(&["ConnectionStrings"])
    })
    .telling(),
    settings(
        "/config/database.yml",
        "the settings of the database",
        |look| look.has_line("adapter:") && look.has_line("database:"),
    ),
    settings("/web.config", "the settings of the web server", |look| {
        look.has(&["<configuration>", "connectionString"])
    }),
    settings(
        "/.kube/config",
        "the access to a Kubernetes cluster",
        |look| {
            look.has_line("apiVersion:") && look.has_line("clusters:") && look.has_line("users:")
        },
    )
    .severity(Critical),
    settings("/.docker/config.json", "logins of Docker", |look| {
        look.json(&["auths", "auth"])
    }),
    manifest(
        "/package.json",
        "the manifest of a Node.js project",
        |look| look.json(&["name"]) && (look.json(&["dependencies"]) || look.json(&["scripts"])),
    )
    .telling(),
    manifest(
        "/package-lock.json",
        "the exact versions of all packages",
        |look| look.json(&["lockfileVersion", "packages"]),
    ),
    manifest("/composer.json", "the manifest of a PHP project", |look| {
        look.json(&["require"]) && (look.json(&["autoload"]) || look.json(&["name"]))
    }),
    manifest("/Dockerfile", "the recipe of the container", is_dockerfile).telling(),
    Probe::new(
        "/.DS_Store",
        "the names of a folder's files",
        Sort::Manifest,
        Form::Archive,
        |look| look.starts(b"\0\0\0\x01Bud1"),
    )
    .severity(Medium),
];

/// What copy of data an answer is.
pub(super) fn copy_of_data(look: &Look<'_>) -> Option<&'static str> {
    if look.is_html() {
        None
    } else if is_zip(look) || is_gzip(look) {
        Some(ARCHIVE)
    } else if is_sqlite(look) {
        Some(DATABASE)
    } else {
        is_dump(look).then_some(DUMP)
    }
}

/// The first line is the assignment of a variable, and nothing before it is anything else.
fn is_env(look: &Look<'_>) -> bool {
    look.lines().next().is_some_and(|line| {
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

fn is_git_head(look: &Look<'_>) -> bool {
    let text = look.text().trim_end();
    text.starts_with("ref: refs/")
        || (text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_git_config(look: &Look<'_>) -> bool {
    look.lines()
        .next()
        .is_some_and(|line| line.starts_with('['))
        && look.has_line("[core]")
}

fn is_npmrc(look: &Look<'_>) -> bool {
    const SETTINGS: &[&str] = &[
        "registry",
        "_auth",
        "email",
        "always-auth",
        "save-exact",
        "engine-strict",
    ];
    look.lines().next().is_some_and(|line| {
        line.split_once('=').is_some_and(|(name, _)| {
            let name = name.trim_end();
            SETTINGS.iter().any(|setting| name.contains(setting))
        })
    })
}

fn is_aws(look: &Look<'_>) -> bool {
    look.lines()
        .next()
        .is_some_and(|line| line.starts_with('['))
        && look.has_line("aws_access_key_id")
}

fn is_htpasswd(look: &Look<'_>) -> bool {
    const HASHES: &[&str] = &["$apr1$", "$2y$", "$2a$", "$2b$", "$5$", "$6$", "{SHA}"];
    look.lines().next().is_some_and(|line| {
        line.split_once(':')
            .is_some_and(|(_, hash)| HASHES.iter().any(|start| hash.starts_with(start)))
    })
}

fn is_compose(look: &Look<'_>) -> bool {
    look.has_line("services:") && (look.has_line("image:") || look.has_line("build:"))
}

fn is_dump(look: &Look<'_>) -> bool {
    const STATEMENTS: &[&str] = &[
        "-- MySQL dump",
        "-- MariaDB dump",
        "-- PostgreSQL database dump",
        "CREATE TABLE ",
        "INSERT INTO ",
        "PRAGMA foreign_keys",
    ];
    look.lines()
        .take(200)
        .any(|line| STATEMENTS.iter().any(|start| line.starts_with(start)))
}

fn is_zip(look: &Look<'_>) -> bool {
    look.starts(b"PK\x03\x04")
}

fn is_gzip(look: &Look<'_>) -> bool {
    look.starts(b"\x1f\x8b\x08")
}

fn is_sqlite(look: &Look<'_>) -> bool {
    look.starts(b"SQLite format 3\0")
}

fn is_php(look: &Look<'_>) -> bool {
    look.text().trim_start().starts_with("<?php")
}

fn is_private_key(look: &Look<'_>) -> bool {
    let text = look.text().trim_start();
    text.starts_with("-----BEGIN ")
        && text
            .lines()
            .next()
            .is_some_and(|line| line.contains("PRIVATE KEY-----"))
}

fn is_dockerfile(look: &Look<'_>) -> bool {
    let first = look.lines().next().unwrap_or_default();
    (first.starts_with("FROM ") || first.starts_with("ARG "))
        && (look.has_line("RUN ") || look.has_line("COPY ") || look.has_line("CMD "))
}
