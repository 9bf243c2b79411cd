//! Everything that `cors` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// Any site, in the name of whoever is logged in.
pub(super) const WITH_CREDENTIALS: CodeInfo = CodeInfo::known(
    "cors/reflected-with-credentials",
    Severity::Critical,
    Effort::Small,
    "Any web site may read answers in the name of whoever is logged in",
    "A client who opens a prepared page while logged in hands their data to a stranger, without a click.",
);
/// Any site, as a stranger.
pub(super) const REFLECTED: CodeInfo = CodeInfo::known(
    "cors/reflected",
    Severity::Medium,
    Effort::Small,
    "Every web site is named as one that may read answers",
    "What the portal gives to a browser without cookies, any web site can read through it.",
);
/// Something behind a known name.
pub(super) const SUFFIX: CodeInfo = CodeInfo::known(
    "cors/suffix",
    Severity::High,
    Effort::Small,
    "A foreign site is let in because its name begins like an allowed one",
    "Anybody can register such a name and read what clients see while they are logged in.",
);
/// Something before a known name.
pub(super) const PREFIX: CodeInfo = CodeInfo::known(
    "cors/prefix",
    Severity::High,
    Effort::Small,
    "A foreign site is let in because its name ends like an allowed one",
    "Anybody can register such a name and read what clients see while they are logged in.",
);
/// The origin of nobody.
pub(super) const NULL: CodeInfo = CodeInfo::known(
    "cors/null",
    Severity::High,
    Effort::Small,
    "The origin `null` is let in",
    "Any web site can send it from a sandboxed frame, and then reads what clients see.",
);
/// Without TLS.
pub(super) const DOWNGRADE: CodeInfo = CodeInfo::known(
    "cors/downgrade",
    Severity::Medium,
    Effort::Small,
    "An allowed site is let in without TLS, too",
    "Whoever shares a network with a client, as in a hotel, can put a page under that name and read their data.",
);
/// Any name below the domain.
pub(super) const SUBDOMAIN: CodeInfo = CodeInfo::known(
    "cors/subdomain",
    Severity::Medium,
    Effort::Small,
    "Every name below the domain is let in",
    "One forgotten name, or one hole in a blog beside the portal, opens the portal's data.",
);
/// Another port.
pub(super) const OTHER_PORT: CodeInfo = CodeInfo::known(
    "cors/other-port",
    Severity::Low,
    Effort::Small,
    "Every port of an allowed host is let in",
    "Another program on the same machine can read the portal's data through a client's browser.",
);
/// The visitor's own machine, in production.
pub(super) const LOCALHOST: CodeInfo = CodeInfo::known(
    "cors/localhost",
    Severity::Medium,
    Effort::Small,
    "Production lets localhost in",
    "Any program that runs a small web server on a client's machine can read their data.",
);
/// Everybody.
pub(super) const WILDCARD: CodeInfo = CodeInfo::known(
    "cors/wildcard",
    Severity::Low,
    Effort::Small,
    "Answers are open to every web site",
    "This is right for public data alone; behind a VPN or for logged-in clients it is an opening.",
);
/// A cache may mix them up.
pub(super) const MISSING_VARY: CodeInfo = CodeInfo::known(
    "cors/missing-vary",
    Severity::Low,
    Effort::Small,
    "An answer depends on the origin and does not say so",
    "A cache hands one site's answer to another, whose clients then see a broken page now and then.",
);
/// The own frontend is locked out.
pub(super) const LEGITIMATE_REFUSED: CodeInfo = CodeInfo::known(
    "cors/legitimate-refused",
    Severity::High,
    Effort::Small,
    "A frontend that is allowed is locked out by the browser",
    "Clients see a frontend that loads nothing or cannot save, and the log of the portal shows no error.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[
    WITH_CREDENTIALS,
    REFLECTED,
    SUFFIX,
    PREFIX,
    NULL,
    DOWNGRADE,
    SUBDOMAIN,
    OTHER_PORT,
    LOCALHOST,
    WILDCARD,
    MISSING_VARY,
    LEGITIMATE_REFUSED,
];
