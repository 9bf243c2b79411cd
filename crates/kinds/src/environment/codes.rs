//! What the kind says about itself and everything it can find.

use std::borrow::Cow;

use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, Port, RetryClass, Severity};

pub(super) const LOCAL_HOST: CodeInfo = CodeInfo::known(
    "environment/local-host",
    Severity::High,
    Effort::Small,
    "A variable of production names the machine of a developer",
    "The portal looks for a part of itself where nothing answers, and a feature is dead for every client.",
);
pub(super) const STAGING_HOST: CodeInfo = CodeInfo::known(
    "environment/staging-host",
    Severity::High,
    Effort::Small,
    "A variable of production names a staging, preview or development host",
    "Clients work on test data, or their data ends up in a system that nobody protects.",
);
pub(super) const TEST_KEY: CodeInfo = CodeInfo::known(
    "environment/test-key",
    Severity::High,
    Effort::Small,
    "Production uses a key of a provider's test mode",
    "Payments and messages look as if they worked and never happen.",
);
pub(super) const LIVE_KEY: CodeInfo = CodeInfo::known(
    "environment/live-key",
    Severity::High,
    Effort::Small,
    "A preview or development environment uses a live key",
    "A test charges real cards or writes to real customers.",
);
pub(super) const SHARED_DATABASE: CodeInfo = CodeInfo::known(
    "environment/shared-database",
    Severity::Critical,
    Effort::Medium,
    "Another environment uses the database of production",
    "A test, a migration or a slip in a preview changes or deletes the data of clients.",
);
pub(super) const SHARED_SERVICE_KEY: CodeInfo = CodeInfo::known(
    "environment/shared-service-key",
    Severity::High,
    Effort::Medium,
    "Two environments use the same live payment key, service key or database password",
    "Whoever gets into the weaker environment holds the key to the stronger one.",
);
pub(super) const SHARED_SECRET: CodeInfo = CodeInfo::known(
    "environment/shared-secret",
    Severity::Low,
    Effort::Small,
    "Two environments use the same secret",
    "A secret that leaks from a preview has to be replaced in production, too.",
);
pub(super) const SHARED_PROJECT: CodeInfo = CodeInfo::known(
    "environment/shared-project",
    Severity::High,
    Effort::Medium,
    "Two environments use the same Supabase or Firebase project",
    "Accounts, files and data of clients and of tests lie in one place.",
);
pub(super) const PUBLIC_SECRET: CodeInfo = CodeInfo::known(
    "environment/public-secret",
    Severity::Critical,
    Effort::Medium,
    "A secret stands under a name that the build copies into the browser's code",
    "Everybody who opens the page can read the secret and act with its rights.",
);
pub(super) const DEBUG_ON: CodeInfo = CodeInfo::known(
    "environment/debug-on",
    Severity::Medium,
    Effort::Small,
    "Debugging is switched on in production",
    "Errors show strangers the inside of the portal, and it is slower than it need be.",
);
pub(super) const NODE_ENV: CodeInfo = CodeInfo::known(
    "environment/node-env",
    Severity::Low,
    Effort::Small,
    "NODE_ENV of production is not `production`",
    "Libraries run in their slower and more talkative mode.",
);
pub(super) const SENTRY_ENVIRONMENT: CodeInfo = CodeInfo::known(
    "environment/sentry-environment",
    Severity::Low,
    Effort::Small,
    "Errors are reported under the name of another environment",
    "Alarms about clients are lost among those of tests, or the other way round.",
);
pub(super) const SHARED_ANALYTICS: CodeInfo = CodeInfo::known(
    "environment/shared-analytics",
    Severity::Low,
    Effort::Small,
    "Another environment counts its visits with the analytics id of production",
    "The numbers that decisions rest on contain your own tests.",
);
pub(super) const NOINDEX: CodeInfo = CodeInfo::known(
    "environment/noindex",
    Severity::Low,
    Effort::Small,
    "Production asks search engines to leave it out",
    "Nobody finds the public pages by a search.",
);
pub(super) const MISSING_KEY: CodeInfo = CodeInfo::known(
    "environment/missing-key",
    Severity::Low,
    Effort::Small,
    "A variable that the example file lists is not set in this environment",
    "A feature that needs it fails as soon as a client uses it.",
);
pub(super) const EXTRA_KEY: CodeInfo = CodeInfo::known(
    "environment/extra-key",
    Severity::Info,
    Effort::Small,
    "A variable is set that the example file does not list",
    "The next person who sets up the portal does not know that it is needed, or it is left over.",
);
pub(super) const KEY_MISMATCH: CodeInfo = CodeInfo::known(
    "environment/key-mismatch",
    Severity::High,
    Effort::Small,
    "Keys that belong together come from different projects or modes",
    "Every call with the pair is refused: logins or payments are dead.",
);
pub(super) const DEMO_ISSUER: CodeInfo = CodeInfo::known(
    "environment/demo-issuer",
    Severity::High,
    Effort::Medium,
    "A key was issued by `supabase-demo`, whose signing secret is published",
    "Anybody can make a key with full rights over the data.",
);
pub(super) const CORS_ORIGIN: CodeInfo = CodeInfo::known(
    "environment/cors-origin",
    Severity::High,
    Effort::Small,
    "Production lets pages of a development or staging host call it",
    "A page that is not yours can read and change what a logged-in client sees.",
);
pub(super) const OAUTH_REDIRECT: CodeInfo = CodeInfo::known(
    "environment/oauth-redirect",
    Severity::High,
    Effort::Small,
    "Logins of production lead back to the machine of a developer",
    "Clients who log in end on a page that does not exist.",
);
pub(super) const WRONG_ENVIRONMENT: CodeInfo = CodeInfo::known(
    "environment/wrong-environment",
    Severity::High,
    Effort::Small,
    "The running portal says it is another environment",
    "What was tested is not what clients get, or it runs with the settings of another place.",
);
pub(super) const WRONG_REVISION: CodeInfo = CodeInfo::known(
    "environment/wrong-revision",
    Severity::Medium,
    Effort::Small,
    "The running portal was built from another revision",
    "The verdict is about code that is not the one being deployed.",
);
pub(super) const BUNDLE_HOST: CodeInfo = CodeInfo::known(
    "environment/bundle-host",
    Severity::High,
    Effort::Small,
    "The code that production serves names a local or staging host",
    "The browsers of clients call an address that does not answer them.",
);

pub(super) static CODES: &[CodeInfo] = &[
    LOCAL_HOST,
    STAGING_HOST,
    TEST_KEY,
    LIVE_KEY,
    SHARED_DATABASE,
    SHARED_SERVICE_KEY,
    SHARED_SECRET,
    SHARED_PROJECT,
    PUBLIC_SECRET,
    DEBUG_ON,
    NODE_ENV,
    SENTRY_ENVIRONMENT,
    SHARED_ANALYTICS,
    NOINDEX,
    MISSING_KEY,
    EXTRA_KEY,
    KEY_MISMATCH,
    DEMO_ISSUER,
    CORS_ORIGIN,
    OAUTH_REDIRECT,
    WRONG_ENVIRONMENT,
    WRONG_REVISION,
    BUNDLE_HOST,
];

pub(super) static META: Meta = Meta {
    name: Cow::Borrowed("environment"),
    summary: Cow::Borrowed(
        "Proves that production and the other environments share nothing they must not",
    ),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(CODES),
    always_run: true,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[
        Port::Files,
        Port::Variables,
        Port::Repository,
        Port::Http,
        Port::State,
    ]),
};
