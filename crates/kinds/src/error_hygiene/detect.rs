//! What gives away that a response shows the inside of the portal.
//!
//! A signature is a text that must occur, which is looked for first, and where that is not enough a
//! pattern around it. They are held against error responses only, or, for the markup that a
//! framework writes around its error pages, against any page: documentation shows such markup
//! escaped.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value as Json;

/// The most of a body that is looked at, in bytes.
const LOOKED_AT: usize = 256 * 1024;
/// How deep texts are looked for in a JSON body.
const DEEPEST: usize = 16;

/// What a response shows of the inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leak {
    /// The calls that led to an error.
    StackTrace,
    /// A statement or an error message of a database.
    Sql,
    /// The place of a file on the server.
    FilePath,
    /// A page that a framework shows to developers.
    FrameworkPage,
}

/// Something that was found in a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// What it is.
    pub(crate) leak: Leak,
    /// Whose it is, in words.
    pub(crate) what: &'static str,
    /// Where it is: a JSON path, or `body`.
    pub(crate) place: String,
}

struct Signature {
    leak: Leak,
    what: &'static str,
    needle: Needle,
    pattern: Option<&'static str>,
    compiled: OnceLock<Option<Regex>>,
}

/// What is looked for first: patterns are dear to compile, and most texts have no needle.
enum Needle {
    /// Anywhere in the text.
    Anywhere(&'static str),
    /// Where a line begins, white space aside.
    LineStart(&'static str),
}

impl Needle {
    fn stands_in(&self, text: &str) -> bool {
        match self {
            Self::Anywhere(needle) => text.contains(needle),
            Self::LineStart(needle) => text
                .lines()
                .any(|line| line.trim_start().starts_with(needle)),
        }
    }
}

const fn plain(leak: Leak, what: &'static str, needle: &'static str) -> Signature {
    Signature {
        leak,
        what,
        needle: Needle::Anywhere(needle),
        pattern: None,
        compiled: OnceLock::new(),
    }
}

const fn shaped(
    leak: Leak,
    what: &'static str,
    needle: &'static str,
    pattern: &'static str,
) -> Signature {
    Signature {
        leak,
        what,
        needle: Needle::Anywhere(needle),
        pattern: Some(pattern),
        compiled: OnceLock::new(),
    }
}

/// A stack trace whose frames are lines that begin with `at `.
const fn frames(what: &'static str, pattern: &'static str) -> Signature {
    Signature {
        leak: StackTrace,
        what,
        needle: Needle::LineStart("at "),
        pattern: Some(pattern),
        compiled: OnceLock::new(),
    }
}

impl Signature {
    fn occurs(&self, text: &str) -> bool {
        if !self.needle.stands_in(text) {
            return false;
        }
        let Some(pattern) = self.pattern else {
            return true;
        };
        let compiled = self.compiled.get_or_init(|| Regex::new(pattern).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

use Leak::{FilePath, FrameworkPage, Sql, StackTrace};

/// Folders in which portals are deployed, and files of source code in them.
const SOURCE_FILE: &str = r"(?:/(?:home|Users|srv|var/www|var/task|usr/src|usr/local|opt|root|app|workspace)/|\b[A-Za-z]:\\)(?:[\w.@$+ \[\]-]+[/\\])*[\w.@$+-]+\.(?:js|mjs|cjs|jsx|ts|mts|tsx|py|rb|php|java|kt|scala|go|rs|cs|cshtml|vb|ex|exs|vue|svelte|sql|sqlite3?|db)\b";

static INSIDE: [Signature; 37] = [
    frames(
        "a JavaScript stack trace",
        r"(?m)^\s*at (?:async )?(?:[\w$.<>\[\] ]+ \()?(?:file://|node:|webpack-internal:|/|[A-Za-z]:\\)[^\s()]+:\d+:\d+\)?",
    ),
    plain(
        StackTrace,
        "a Python traceback",
        "Traceback (most recent call last)",
    ),
    frames(
        "a Java stack trace",
        r"(?m)^\s*at (?:[\w$]+[./])+[\w$<>]+\((?:[\w$]+\.(?:java|kt|scala|groovy):\d+|Native Method|Unknown Source)\)",
    ),
    frames(
        "a .NET stack trace",
        r"(?m)^\s*at [\w.`+<>\[\],]+\([^)\n]*\)(?: in [^\n]+:line \d+)",
    ),
    shaped(
        StackTrace,
        "a .NET stack trace",
        "   at System.",
        r"(?m)(?:^|>)\s+at System\.[\w.]+\(",
    ),
    shaped(
        StackTrace,
        "a Ruby backtrace",
        ".rb:",
        r"[\w/.-]+\.rb:\d+:in [`'][^\n']+'",
    ),
    shaped(
        StackTrace,
        "a PHP stack trace",
        ".php(",
        r"#\d+ [^\n]*\.php\(\d+\): ",
    ),
    plain(StackTrace, "a PHP fatal error", "PHP Fatal error:"),
    shaped(
        StackTrace,
        "a Go panic",
        "goroutine ",
        r"goroutine \d+ \[[a-z ]+",
    ),
    plain(StackTrace, "a Go panic", "panic: runtime error:"),
    shaped(
        StackTrace,
        "a Rust panic",
        "panicked at ",
        r"thread '[^'\n]*' (?:\(\d+\) )?panicked at ",
    ),
    shaped(
        StackTrace,
        "a Rust backtrace",
        "stack backtrace:",
        r"stack backtrace:\s+0: ",
    ),
    shaped(
        StackTrace,
        "an Elixir stack trace",
        ".ex",
        r"(?m)(?:^|>)\s*\([\w.]+ [\d.]+\) lib/[^\s:]+\.exs?:\d+: ",
    ),
    plain(Sql, "a PostgreSQL error", "syntax error at or near \""),
    shaped(
        Sql,
        "a PostgreSQL error",
        "does not exist",
        r#"(?:relation|column|function) "?[\w.]+"?(?: of relation "[\w.]+")? does not exist"#,
    ),
    plain(Sql, "a PostgreSQL error", "violates unique constraint \""),
    plain(
        Sql,
        "a PostgreSQL error",
        "violates foreign key constraint \"",
    ),
    plain(Sql, "a PostgreSQL error", "violates not-null constraint"),
    plain(
        Sql,
        "a PostgreSQL error",
        "violates row-level security policy",
    ),
    plain(Sql, "a PostgreSQL error", "invalid input syntax for type "),
    shaped(
        Sql,
        "a database error",
        "SQLSTATE",
        r"SQLSTATE[\[( :]+[0-9A-Z]{5}",
    ),
    plain(Sql, "a PostgreSQL driver's error", "psycopg2.errors."),
    plain(Sql, "a PostgreSQL driver's error", "PG::"),
    plain(Sql, "a MySQL error", "You have an error in your SQL syntax"),
    shaped(
        Sql,
        "a MySQL error",
        "Unknown column ",
        r"Unknown column '[^']+' in '",
    ),
    shaped(
        Sql,
        "a MySQL error",
        "Duplicate entry ",
        r"Duplicate entry '[^']*' for key '",
    ),
    shaped(
        Sql,
        "an SQLite error",
        "SQLITE_",
        r"\bSQLITE_(?:ERROR|CONSTRAINT|BUSY|MISUSE|READONLY)",
    ),
    plain(Sql, "an SQLite error", "SqliteFailure"),
    shaped(
        Sql,
        "an SQLite error",
        " constraint failed: ",
        r"(?:UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed: ",
    ),
    shaped(
        Sql,
        "an SQLite error",
        "no such ",
        r"no such (?:table|column): \w+",
    ),
    plain(Sql, "a Prisma error", "Invalid `prisma."),
    plain(Sql, "a Prisma error", "PrismaClient"),
    shaped(Sql, "an Oracle error", "ORA-", r"\bORA-\d{5}: "),
    plain(
        Sql,
        "an SQL Server error",
        "Unclosed quotation mark after the character string",
    ),
    shaped(
        Sql,
        "an SQL statement",
        "INTO ",
        r"\bINSERT INTO [`\x22\[]?[\w.]+[`\x22\]]?\s*\([^)\n]+\)\s*VALUES\b",
    ),
    shaped(
        Sql,
        "an SQL statement",
        "SELECT ",
        r"\bSELECT [^\n;]{1,400}? FROM [`\x22\[]?[\w.]+[`\x22\]]?\s+(?:WHERE|JOIN|LEFT|INNER|ORDER BY|LIMIT)\b",
    ),
    shaped(
        Sql,
        "an SQL statement",
        "UPDATE ",
        r"\bUPDATE [`\x22\[]?[\w.]+[`\x22\]]? SET [^\n]{1,400}? WHERE\b",
    ),
];

static PATH: Signature = shaped(
    FilePath,
    "the path of a file on the server",
    ".",
    SOURCE_FILE,
);

static PAGES: [Signature; 17] = [
    plain(
        FrameworkPage,
        "Spring's error page",
        "<h1>Whitelabel Error Page</h1>",
    ),
    plain(
        FrameworkPage,
        "Django's debug page",
        "seeing this error because you have <code>DEBUG = True</code>",
    ),
    plain(
        FrameworkPage,
        "Flask's debugger",
        "// Werkzeug Debugger</title>",
    ),
    plain(
        FrameworkPage,
        "Rails' debug page",
        "<title>Action Controller: Exception caught</title>",
    ),
    shaped(
        FrameworkPage,
        "Laravel's debug page",
        "window.ignite(",
        r"<script[^>]*>\s*window\.ignite\(",
    ),
    plain(
        FrameworkPage,
        "Laravel's debug page",
        "<title>Whoops! There was an error.</title>",
    ),
    shaped(
        FrameworkPage,
        "Laravel's debug page",
        "laravel-exceptions-renderer",
        r#"<\w+ [^>]*class="[^"]*laravel-exceptions-renderer"#,
    ),
    shaped(
        FrameworkPage,
        "Symfony's debug page",
        "exception-message-wrapper",
        r#"<\w+ [^>]*class="[^"]*exception-message-wrapper"#,
    ),
    shaped(
        FrameworkPage,
        "ASP.NET's error page",
        "Server Error in '",
        r"(?s)<title>.{0,300}</title>.*<h1>\s*Server Error in '[^']*' Application\.",
    ),
    plain(
        FrameworkPage,
        "ASP.NET's error page",
        "<title>Runtime Error</title>",
    ),
    plain(
        FrameworkPage,
        "ASP.NET's debug page",
        "<h1>An unhandled exception occurred while processing the request.</h1>",
    ),
    plain(FrameworkPage, "Next.js' debug page", "<nextjs-portal"),
    shaped(
        FrameworkPage,
        "Next.js' debug page",
        "__NEXT_DATA__",
        r#"<script id="__NEXT_DATA__"[^>]*>\{.{0,2000}"err":\{"name""#,
    ),
    shaped(
        FrameworkPage,
        "Next.js' error page",
        "Application error: a server-side exception has occurred",
        r"<h2[^>]*>Application error: a server-side exception has occurred",
    ),
    shaped(
        FrameworkPage,
        "a PHP error message",
        "</b> on line <b>",
        r"<b>(?:Warning|Notice|Deprecated|Fatal error|Parse error)</b>:\s+[^\n]+ in <b>[^<\n]+</b> on line <b>\d+</b>",
    ),
    plain(FrameworkPage, "Tomcat's error page", "<h3>Apache Tomcat/"),
    plain(
        FrameworkPage,
        "Express' error page",
        "<title>Error</title>\n</head>\n<body>\n<pre>Error: ",
    ),
];

/// Whether a body is the error object of PostgREST and Supabase, which names columns on purpose:
/// `code`, `message`, `details` and `hint`, with a code of its own or an SQLSTATE.
pub(crate) fn is_postgrest_error(json: &Json) -> bool {
    let Some(entries) = json.as_object() else {
        return false;
    };
    let has_keys = ["code", "message", "details", "hint"]
        .iter()
        .all(|key| entries.contains_key(*key));
    let code = entries
        .get("code")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let is_state = code.len() == 5
        && code
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    entries.len() == 4 && has_keys && (is_state || code.starts_with("PGRST"))
}

/// The framework page that a body is, if it is one.
pub(crate) fn framework_page(page: &str) -> Option<Sighting> {
    let page = start(page);
    PAGES
        .iter()
        .find(|one| one.occurs(page))
        .map(|one| Sighting {
            leak: one.leak,
            what: one.what,
            place: "body".into(),
        })
}

/// What an error response shows of the inside, each kind once. `asked` is the address that was
/// asked for, which a response may repeat.
pub(crate) fn inside(body: &str, json: Option<&Json>, asked: &str) -> Vec<Sighting> {
    let mut sightings = Vec::new();
    match json {
        Some(json) => texts(json, "$", DEEPEST, &mut |place, text| {
            look(place, start(text), asked, &mut sightings);
        }),
        None => look("body", &unescaped(start(body)), asked, &mut sightings),
    }
    sightings
}

fn look(place: &str, text: &str, asked: &str, sightings: &mut Vec<Sighting>) {
    let mut add = |leak: Leak, what: &'static str| {
        if sightings.iter().all(|known| known.leak != leak) {
            sightings.push(Sighting {
                leak,
                what,
                place: place.to_owned(),
            });
        }
    };
    for signature in INSIDE.iter().filter(|one| one.occurs(text)) {
        add(signature.leak, signature.what);
    }
    if source_file(text, asked) {
        add(PATH.leak, PATH.what);
    }
}

/// Whether a text names a source file on the server that is no part of the address asked for.
fn source_file(text: &str, asked: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "/home/",
        "/Users/",
        "/srv/",
        "/var/",
        "/usr/",
        "/opt/",
        "/root/",
        "/app/",
        "/workspace/",
        ":\\",
    ];
    if !FOLDERS.iter().any(|folder| text.contains(folder)) {
        return false;
    }
    let compiled = PATH.compiled.get_or_init(|| Regex::new(SOURCE_FILE).ok());
    compiled.as_ref().is_some_and(|regex| {
        regex
            .find_iter(text)
            .any(|found| !asked.contains(found.as_str()) && !in_address(text, found.start()))
    })
}

/// How far back an address is looked for, in bytes, so that a long text costs no more than its length.
const LONGEST_ADDRESS: usize = 2048;

/// Whether what stands before makes it the path of an address, as in `https://host/app/main.js`.
fn in_address(text: &str, start: usize) -> bool {
    let before = &text[text.floor_char_boundary(start.saturating_sub(LONGEST_ADDRESS))..start];
    let word = before
        .rsplit(|c: char| c.is_whitespace() || "\"'(<".contains(c))
        .next();
    word.is_some_and(|word| word.contains("://") && !word.starts_with("file://"))
}

/// Every text in a JSON value with its path.
fn texts(json: &Json, path: &str, depth: usize, on_text: &mut dyn FnMut(&str, &str)) {
    match json {
        Json::String(text) => on_text(path, text),
        Json::Array(elements) if depth > 0 => {
            for (index, element) in elements.iter().enumerate() {
                texts(element, &format!("{path}[{index}]"), depth - 1, on_text);
            }
        }
        Json::Object(entries) if depth > 0 => {
            for (key, value) in entries {
                texts(value, &format!("{path}.{key}"), depth - 1, on_text);
            }
        }
        _ => {}
    }
}

/// The start of a text that is looked at.
fn start(text: &str) -> &str {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A page's text with the character references that traces have in it resolved.
fn unescaped(text: &str) -> Cow<'_, str> {
    const REFERENCES: &[(&str, &str)] = &[
        ("&nbsp;", " "),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("<br>", "\n"),
        ("<br/>", "\n"),
        ("<br />", "\n"),
        ("&amp;", "&"),
    ];
    if !text.contains('&') && !text.contains("<br") {
        return Cow::Borrowed(text);
    }
    let mut text = text.to_owned();
    for (reference, character) in REFERENCES {
        if text.contains(reference) {
            text = text.replace(reference, character);
        }
    }
    Cow::Owned(text)
}
