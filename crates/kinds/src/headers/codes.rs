//! Everything that `headers` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// No policy, or one that stops nothing.
pub(super) const CSP: CodeInfo = CodeInfo::known(
    "headers/csp",
    Severity::Low,
    Effort::Medium,
    "A page has no content security policy that stops foreign scripts",
    "One hole through which a text becomes a script is enough to act in the name of every client.",
);
/// Anybody may put the page into a frame.
pub(super) const FRAMING: CodeInfo = CodeInfo::known(
    "headers/framing",
    Severity::Medium,
    Effort::Small,
    "Other sites than intended may show a page inside their own",
    "A prepared page lays itself over the portal, and clients click on what they do not see.",
);
/// Two headers that contradict each other.
pub(super) const FRAMING_CONFLICT: CodeInfo = CodeInfo::known(
    "headers/framing-conflict",
    Severity::Low,
    Effort::Small,
    "Two headers say different things about who may show a page inside their own",
    "Browsers follow one of the two, so that what was meant is not what happens.",
);
/// The intended frame stays empty.
pub(super) const EMBEDDING_REFUSED: CodeInfo = CodeInfo::known(
    "headers/embedding-refused",
    Severity::High,
    Effort::Small,
    "A site that is meant to show a page inside its own cannot",
    "Clients see an empty frame where the portal should be.",
);
/// The first request may go without TLS.
pub(super) const HSTS: CodeInfo = CodeInfo::known(
    "headers/hsts",
    Severity::Low,
    Effort::Small,
    "Browsers are not told to use TLS only",
    "Whoever shares a network with a client can answer the first request, and take what is typed.",
);
/// Content may be taken for a script.
pub(super) const NOSNIFF: CodeInfo = CodeInfo::known(
    "headers/nosniff",
    Severity::Low,
    Effort::Small,
    "Browsers may guess what an answer is",
    "An uploaded text or picture can be taken for a page or a script, and then acts in the client's name.",
);
/// Addresses are told to other sites.
pub(super) const REFERRER_POLICY: CodeInfo = CodeInfo::known(
    "headers/referrer-policy",
    Severity::Low,
    Effort::Small,
    "Whole addresses of the portal are told to other sites",
    "Names and tokens that stand in an address end up in the log of every site that a page links to.",
);
/// A personal answer that a shared cache may keep.
pub(super) const CACHEABLE: CodeInfo = CodeInfo::known(
    "headers/cacheable",
    Severity::Medium,
    Effort::Small,
    "A cache that many people share may keep what one person sees",
    "The next client, or the next person at the same computer, is shown somebody else's data.",
);
/// No encoding.
pub(super) const CHARSET: CodeInfo = CodeInfo::known(
    "headers/charset",
    Severity::Low,
    Effort::Small,
    "A page does not say how its letters are encoded",
    "Names with other letters than English ones are shown wrong, and old tricks to smuggle markup in work again.",
);
/// A filter that was taken out of browsers because it did harm.
pub(super) const XSS_PROTECTION: CodeInfo = CodeInfo::known(
    "headers/xss-protection",
    Severity::Info,
    Effort::Small,
    "A page switches a filter on that browsers have given up",
    "Old browsers can be led by it to leave out parts of a page; new ones do not know it.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[
    CSP,
    FRAMING,
    FRAMING_CONFLICT,
    EMBEDDING_REFUSED,
    HSTS,
    NOSNIFF,
    REFERRER_POLICY,
    CACHEABLE,
    CHARSET,
    XSS_PROTECTION,
];
