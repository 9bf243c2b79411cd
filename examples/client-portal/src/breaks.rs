//! The regressions the portal can be started with.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

macro_rules! breaks {
    ($($variant:ident = $name:literal: $summary:literal,)+) => {
        /// Names one regression; each changes one behaviour and nothing else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Break {
            $(#[doc = $summary] $variant,)+
        }

        impl Break {
            /// Every regression, in the order in which they are listed to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name as written after `--break`, in kebab-case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// One sentence that says what changes.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)+ }
            }
        }
    };
}

breaks! {
    LoginRefused = "login-refused": "A login with the right password is refused.",
    SwitchIgnored = "switch-ignored": "Switching accounts answers 200 and does nothing.",
    Create500 = "create-500": "Creating a record answers 500.",
    CreateSilent = "create-silent": "Creating a record answers 200 with a failure inside; nothing is created.",
    SearchEmpty = "search-empty": "The search never finds anything.",
    UploadTruncates = "upload-truncates": "Only the first half of an uploaded file is stored.",
    DownloadWrongType = "download-wrong-type": "A file is downloaded with the wrong content type.",
    BillingOpen = "billing-open": "A member may change the billing plan.",
    DeleteKeeps = "delete-keeps": "Deleting a record answers success; the record stays.",
    StaleRead = "stale-read": "A write to a record shows up in reads five seconds later.",
    RemovedField = "removed-field": "Records lack the documented, required field `amount`.",
    WrongTotal = "wrong-total": "The total of a record list is one too high.",
    WrongInvoiceTotal = "wrong-invoice-total": "The amount of an invoice leaves out the tax of its last line.",
    ExportWithoutHeader = "export-without-header": "The export of enquiries lacks the lines that say whose it is, and that it is confidential.",
    ExportKeepsOld = "export-keeps-old": "The export of enquiries shows what should be deleted, and whom it came from.",
    RedirectLoop = "redirect-loop": "The home page redirects to itself forever.",
    CookieWithoutFlags = "cookie-without-flags": "The session cookie lacks HttpOnly, SameSite and Secure.",
    SlowList = "slow-list": "The record list takes two seconds.",
    NPlusOne = "n-plus-one": "The record list asks the database once more for each record that it shows.",
    Stalls = "stalls": "For one second of every three the portal answers nobody.",
    SlowTail = "slow-tail": "Eight in a hundred calls of the record list take 900 ms longer.",
    Collapses = "collapses": "The search has three connections and holds one for 200 ms: enough for three people, not for thirty.",
    Random401 = "random-401": "Every fifth request of a live session is refused with 401.",
    LeakyError = "leaky-error": "The answer to invalid input shows SQL, a stack trace and a file path.",
    NoRequestId = "no-request-id": "5xx answers carry no request id.",
    FlakyList = "flaky-list": "Every second call of the record list, beginning with the first, answers 503.",
    SecretInBundle = "secret-in-bundle": "The script holds the Supabase service_role key and the Stripe secret key.",
    PublicSourcemap = "public-sourcemap": "The script's source map is served and the script names it.",
    DotenvServed = "dotenv-served": "The settings file .env is served to everybody.",
    TestKeys = "test-keys": "The script takes payments in Stripe's test mode.",
    StagingHost = "staging-host": "The script and the page lead to the interface of staging.",
    SchemaDrift = "schema-drift": "Records show `version` as text; it is documented as a number.",
    UndocumentedField = "undocumented-field": "Records carry `internal_notes`, which is not documented.",
    UndocumentedStatus = "undocumented-status": "Deleting a record answers 202; only 204 is documented.",
    AcceptsInvalid = "accepts-invalid": "A record's amount beyond the limits is taken as the nearest that is allowed.",
    StoresInvalid = "stores-invalid": "A new record with invalid input is refused with 422 and stored all the same.",
    Quote500 = "quote-500": "A quote in a record's title or body breaks the statement: 500.",
    AuthDroppedFromSpec = "auth-dropped-from-spec": "The served document says that invoices need no login; they still do.",
    WebhookDrift = "webhook-drift": "The event of a new record lacks the documented, required field `created_at`.",
    WebhookUnsigned = "webhook-unsigned": "The event of a new record is sent without its signature.",
    AcceptsUnsignedWebhook = "accepts-unsigned-webhook": "A payment event without a signature is accepted.",
    OpenRoute = "open-route": "Strangers may list an account's invoices.",
    PublicWrite = "public-write": "Strangers may change an account's billing plan.",
    TenantRead = "tenant-read": "A record is shown to people of other accounts.",
    TenantWrite = "tenant-write": "A record may be changed by people of other accounts.",
    TenantWriteSilent = "tenant-write-silent": "A change (PATCH) of another account's record answers 404 and is made.",
    TenantDelete = "tenant-delete": "A record may be deleted by people of other accounts.",
    TenantList = "tenant-list": "The record list shows the records of all accounts.",
    TenantSearch = "tenant-search": "The search finds the records of all accounts.",
    TenantFile = "tenant-file": "A file's content is handed to people of other accounts.",
    ForeignTenant = "foreign-tenant": "A new record is stored in the account that its field `account` names.",
    PublicCache = "public-cache": "Answers with records say that every cache may keep and share them.",
    SharedCache = "shared-cache": "A record is read through a cache that tells callers apart by the path alone.",
    MassAssignment = "mass-assignment": "A new record keeps and shows `approved`, `owner` and `status` as its author sets them.",
    SessionSurvivesLogout = "session-survives-logout": "A session goes on after its person has logged out.",
    SessionSurvivesPasswordChange = "session-survives-password-change": "Other sessions go on after a change of the password.",
    SessionFixation = "session-fixation": "A login keeps the session id that the caller's cookie brings.",
    JwtUnverified = "jwt-unverified": "Sessions are JSON web tokens; any signature is accepted.",
    JwtNone = "jwt-none": "Sessions are JSON web tokens; unsigned ones (`alg: none`) are accepted.",
    JwtWeakKey = "jwt-weak-key": "Sessions are JSON web tokens, signed with the key `secret`.",
    JwtEternal = "jwt-eternal": "Sessions are JSON web tokens that live for a year.",
    CorsReflect = "cors-reflect": "Pages of every origin may read answers with the visitor's session.",
    CorsSuffix = "cors-suffix": "An origin that begins with an allowed one is taken for it.",
    CorsNull = "cors-null": "The origin `null` may read answers with the visitor's session.",
    CorsBlocked = "cors-blocked": "Pages of the allowed origin are refused.",
    NoVary = "no-vary": "Answers may be kept for a minute and do not say that they depend on the origin (`Vary`).",
    GitServed = "git-served": "The folder .git is served to everybody.",
    BackupServed = "backup-served": "A copy of the database is served to everybody as /backup.sql.",
    DebugConsole = "debug-console": "The framework's debug console is open to everybody at /console.",
    MetricsOpen = "metrics-open": "Operating figures are open to everybody at /metrics.",
    DirectoryListing = "directory-listing": "The folder /assets/ shows what is in it.",
    VersionBanner = "version-banner": "Every answer names the server and its version.",
    NoSecurityHeaders = "no-security-headers": "Answers carry no security headers.",
    Embeddable = "embeddable": "Every site may show the portal in a frame.",
    NoThrottle = "no-throttle": "Passwords may be guessed without end.",
    UserEnumeration = "user-enumeration": "The login tells whether somebody has the address.",
    NoPageLimit = "no-page-limit": "Lists show everything, however few items are asked for.",
    Overfetch = "overfetch": "Each record in the list brings its author's password hash along.",
    DuplicateCreate = "duplicate-create": "Simultaneous creates with one external id, or one idempotency key, each make a record.",
    LostUpdate = "lost-update": "Of simultaneous additions to a record's amount some are lost.",
    LimitOverrun = "limit-overrun": "Simultaneous takers get more of a record's amount than there is.",
}

impl fmt::Display for Break {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Break {
    type Err = UnknownBreak;

    fn from_str(name: &str) -> Result<Self, UnknownBreak> {
        let known = Self::ALL.iter().copied().find(|one| one.name() == name);
        known.ok_or_else(|| UnknownBreak {
            name: name.to_owned(),
            nearest: nearest(name),
        })
    }
}

/// Says that no regression has the given name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown switch `{name}`{}; --list-breaks shows them all", .nearest.map_or_else(String::new, |near| format!(", did you mean `{near}`?")))]
pub struct UnknownBreak {
    name: String,
    nearest: Option<Break>,
}

/// Below this Jaro-Winkler similarity (0 to 1) a suggestion confuses more than it helps.
const SUGGESTION_FLOOR: f64 = 0.7;

fn nearest(name: &str) -> Option<Break> {
    let scored = Break::ALL
        .iter()
        .map(|one| (strsim::jaro_winkler(one.name(), name), *one));
    let best = scored.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (best.0 >= SUGGESTION_FLOOR).then_some(best.1)
}

/// The set of regressions that one portal runs with; empty for the good portal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaks(BTreeSet<Break>);

impl Breaks {
    /// Tells whether the regression is switched on.
    #[must_use]
    pub fn has(&self, regression: Break) -> bool {
        self.0.contains(&regression)
    }
}

impl FromIterator<Break> for Breaks {
    fn from_iter<I: IntoIterator<Item = Break>>(regressions: I) -> Self {
        Self(regressions.into_iter().collect())
    }
}

impl<const N: usize> From<[Break; N]> for Breaks {
    fn from(regressions: [Break; N]) -> Self {
        regressions.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let names: BTreeSet<_> = Break::ALL.iter().map(|one| one.name()).collect();
        assert_eq!(names.len(), Break::ALL.len());
        let kebab = |name: &str| {
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        assert!(names.iter().all(|name| kebab(name)));
    }

    #[test]
    fn every_name_reads_back_as_its_regression() {
        for one in Break::ALL {
            assert_eq!(one.name().parse::<Break>().as_ref(), Ok(one));
        }
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest() {
        let error = "serch-empty".parse::<Break>().expect_err("misspelt");
        assert_eq!(
            error.to_string(),
            "unknown switch `serch-empty`, did you mean `search-empty`?; --list-breaks shows them all"
        );
    }

    #[test]
    fn a_name_unlike_any_other_gets_no_suggestion() {
        let error = "xyz".parse::<Break>().expect_err("unknown");
        assert_eq!(
            error.to_string(),
            "unknown switch `xyz`; --list-breaks shows them all"
        );
    }
}
