//! The options of curl 8, as its manual lists them.

/// What an option is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The method.
    Method,
    /// A header.
    Header,
    /// A body; what follows says how it is read.
    Data(Data),
    /// A part of a multipart body; `true` where `@` and `<` mean nothing.
    Form(bool),
    /// User and password.
    User,
    /// A bearer token.
    Bearer,
    /// Cookies.
    Cookie,
    /// The data goes into the query.
    Get,
    /// HEAD is asked.
    Head,
    /// A header by its own option.
    Named(&'static str),
    /// An address.
    Url,
    /// A pair of the query.
    Query,
    /// A file that is sent with PUT.
    Upload,
    /// How long it may take, in seconds.
    Time,
    /// How many redirects are followed.
    Redirects,
    /// Another request begins.
    Next,
    /// It changes nothing about what is asked.
    Silent,
    /// It has no place in a gate file, and why.
    Nowhere(&'static str),
}

/// How data is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    /// `-d`: line breaks of files are left out.
    Plain,
    /// `--data-raw`: `@` means nothing.
    Raw,
    /// `--data-binary`
    Binary,
    /// `--data-urlencode`
    Encoded,
    /// `--json`
    Json,
}

const OUTPUT: About = About::Silent;
const TLS: About = About::Nowhere(
    "certificates are always checked; a private authority is named with `ca:` of the environment",
);
const PROXY: About = About::Nowhere("the gate asks the portal itself");
const RETRY: About = About::Nowhere("a flow has `retry:` for a step and `retries:` for the whole");
const NETWORK: About = About::Nowhere("how the connection is made is not for a gate file");
const SCHEME: About =
    About::Nowhere("an identity proves itself by login, token, basic authentication or cookies");
const FILE: About = About::Nowhere("it reads its options from a file, which is not looked at");

/// A row: the short name, the long name, whether a value follows, and what it is about.
type Row = (char, &'static str, bool, About);

/// No short name.
const NO: char = '\0';

/// The options that a command may have.
const OPTIONS: &[Row] = &[
    ('X', "request", true, About::Method),
    ('H', "header", true, About::Header),
    ('d', "data", true, About::Data(Data::Plain)),
    (NO, "data-ascii", true, About::Data(Data::Plain)),
    (NO, "data-raw", true, About::Data(Data::Raw)),
    (NO, "data-binary", true, About::Data(Data::Binary)),
    (NO, "data-urlencode", true, About::Data(Data::Encoded)),
    (NO, "json", true, About::Data(Data::Json)),
    ('F', "form", true, About::Form(false)),
    (NO, "form-string", true, About::Form(true)),
    ('u', "user", true, About::User),
    (NO, "basic", false, About::Silent),
    (NO, "oauth2-bearer", true, About::Bearer),
    ('b', "cookie", true, About::Cookie),
    ('c', "cookie-jar", true, About::Silent),
    ('j', "junk-session-cookies", false, About::Silent),
    ('G', "get", false, About::Get),
    ('I', "head", false, About::Head),
    ('A', "user-agent", true, About::Named("user-agent")),
    ('e', "referer", true, About::Named("referer")),
    ('r', "range", true, About::Named("range")),
    (NO, "url", true, About::Url),
    (NO, "url-query", true, About::Query),
    ('T', "upload-file", true, About::Upload),
    ('m', "max-time", true, About::Time),
    (NO, "max-redirs", true, About::Redirects),
    (':', "next", false, About::Next),
    ('L', "location", false, About::Silent),
    (
        NO,
        "location-trusted",
        false,
        About::Nowhere("credentials never follow a redirect to another origin"),
    ),
    (NO, "post301", false, About::Silent),
    (NO, "post302", false, About::Silent),
    (NO, "post303", false, About::Silent),
    (NO, "compressed", false, About::Silent),
    ('o', "output", true, OUTPUT),
    ('O', "remote-name", false, OUTPUT),
    (NO, "remote-name-all", false, OUTPUT),
    (NO, "output-dir", true, OUTPUT),
    (NO, "create-dirs", false, OUTPUT),
    ('J', "remote-header-name", false, OUTPUT),
    ('s', "silent", false, OUTPUT),
    ('S', "show-error", false, OUTPUT),
    ('v', "verbose", false, OUTPUT),
    ('i', "include", false, OUTPUT),
    (NO, "show-headers", false, OUTPUT),
    ('f', "fail", false, OUTPUT),
    (NO, "fail-with-body", false, OUTPUT),
    (NO, "fail-early", false, OUTPUT),
    ('w', "write-out", true, OUTPUT),
    ('D', "dump-header", true, OUTPUT),
    ('#', "progress-bar", false, OUTPUT),
    (NO, "no-progress-meter", false, OUTPUT),
    ('N', "no-buffer", false, OUTPUT),
    (NO, "trace", true, OUTPUT),
    (NO, "trace-ascii", true, OUTPUT),
    (NO, "trace-time", false, OUTPUT),
    (NO, "stderr", true, OUTPUT),
    (NO, "styled-output", false, OUTPUT),
    (NO, "no-styled-output", false, OUTPUT),
    (NO, "globoff", false, OUTPUT),
    ('g', "globoff", false, OUTPUT),
    ('q', "disable", false, OUTPUT),
    ('Z', "parallel", false, OUTPUT),
    (NO, "parallel-max", true, OUTPUT),
    (NO, "path-as-is", false, OUTPUT),
    ('0', "http1.0", false, NETWORK),
    (NO, "http1.1", false, OUTPUT),
    (NO, "http2", false, OUTPUT),
    (NO, "http2-prior-knowledge", false, NETWORK),
    (NO, "http3", false, NETWORK),
    ('k', "insecure", false, TLS),
    (NO, "cacert", true, TLS),
    (NO, "capath", true, TLS),
    ('E', "cert", true, TLS),
    (NO, "cert-type", true, TLS),
    (NO, "key", true, TLS),
    (NO, "key-type", true, TLS),
    (NO, "pass", true, TLS),
    (NO, "ciphers", true, TLS),
    (NO, "tls-max", true, TLS),
    (NO, "tlsv1.2", false, OUTPUT),
    (NO, "tlsv1.3", false, OUTPUT),
    ('1', "tlsv1", false, OUTPUT),
    (NO, "ssl-no-revoke", false, TLS),
    (NO, "pinnedpubkey", true, TLS),
    ('x', "proxy", true, PROXY),
    ('U', "proxy-user", true, PROXY),
    (NO, "proxy-header", true, PROXY),
    (NO, "proxy-insecure", false, PROXY),
    ('p', "proxytunnel", false, PROXY),
    (NO, "preproxy", true, PROXY),
    (NO, "socks5", true, PROXY),
    (NO, "socks5-hostname", true, PROXY),
    (NO, "socks4", true, PROXY),
    (NO, "noproxy", true, PROXY),
    (
        NO,
        "connect-timeout",
        true,
        About::Nowhere("a step has one `timeout:` for the whole answer"),
    ),
    (NO, "expect100-timeout", true, NETWORK),
    (NO, "retry", true, RETRY),
    (NO, "retry-delay", true, RETRY),
    (NO, "retry-max-time", true, RETRY),
    (NO, "retry-all-errors", false, RETRY),
    (NO, "retry-connrefused", false, RETRY),
    (NO, "resolve", true, NETWORK),
    (NO, "connect-to", true, NETWORK),
    (NO, "interface", true, NETWORK),
    (NO, "local-port", true, NETWORK),
    (NO, "dns-servers", true, NETWORK),
    (NO, "unix-socket", true, NETWORK),
    (NO, "abstract-unix-socket", true, NETWORK),
    (NO, "doh-url", true, NETWORK),
    ('4', "ipv4", false, NETWORK),
    ('6', "ipv6", false, NETWORK),
    (NO, "keepalive-time", true, NETWORK),
    (NO, "no-keepalive", false, NETWORK),
    (NO, "tcp-nodelay", false, NETWORK),
    (NO, "limit-rate", true, NETWORK),
    (NO, "rate", true, NETWORK),
    ('Y', "speed-limit", true, NETWORK),
    ('y', "speed-time", true, NETWORK),
    (NO, "max-filesize", true, NETWORK),
    ('C', "continue-at", true, NETWORK),
    (NO, "request-target", true, NETWORK),
    (NO, "haproxy-protocol", false, NETWORK),
    (NO, "proto", true, NETWORK),
    (NO, "proto-default", true, NETWORK),
    (NO, "proto-redir", true, NETWORK),
    (NO, "raw", false, NETWORK),
    (NO, "tr-encoding", false, NETWORK),
    (NO, "ignore-content-length", false, NETWORK),
    (NO, "digest", false, SCHEME),
    (NO, "ntlm", false, SCHEME),
    (NO, "negotiate", false, SCHEME),
    (NO, "anyauth", false, SCHEME),
    (NO, "aws-sigv4", true, SCHEME),
    ('n', "netrc", false, SCHEME),
    (NO, "netrc-file", true, SCHEME),
    (NO, "netrc-optional", false, SCHEME),
    (NO, "service-name", true, SCHEME),
    ('K', "config", true, FILE),
    (NO, "variable", true, FILE),
    (
        'z',
        "time-cond",
        true,
        About::Nowhere("a condition on the time has no place; add the header `if-modified-since`"),
    ),
    (
        NO,
        "etag-compare",
        true,
        About::Nowhere("a condition on an earlier answer has no place"),
    ),
    (NO, "etag-save", true, OUTPUT),
    ('a', "append", false, NETWORK),
    ('B', "use-ascii", false, NETWORK),
    ('P', "ftp-port", true, NETWORK),
    ('Q', "quote", true, NETWORK),
    ('l', "list-only", false, NETWORK),
    ('t', "telnet-option", true, NETWORK),
    ('R', "remote-time", false, OUTPUT),
    ('h', "help", false, OUTPUT),
    ('V', "version", false, OUTPUT),
    ('M', "manual", false, OUTPUT),
];

/// An option in words: its name, what it is about, and whether a value follows.
pub(super) type Found = (&'static str, About, bool);

/// The option of a letter.
pub(super) fn short(letter: char) -> Option<Found> {
    find(&|row| row.0 == letter)
}

/// The option of a long name; curl takes beginnings that are unique, and `--no-` before switches.
pub(super) fn long(name: &str) -> Option<Found> {
    find(&|row| row.1 == name)
        .or_else(|| {
            name.strip_prefix("no-")
                .and_then(|plain| find(&|row| row.1 == plain && !row.2))
        })
        .or_else(|| {
            let mut all = OPTIONS.iter().filter(|row| row.1.starts_with(name));
            let first = all.next().filter(|_| name.len() > 2)?;
            all.all(|row| row.1 == first.1)
                .then_some((first.1, first.3, first.2))
        })
}

fn find(wanted: &dyn Fn(&Row) -> bool) -> Option<Found> {
    let row = OPTIONS.iter().find(|row| wanted(row))?;
    Some((row.1, row.3, row.2))
}
