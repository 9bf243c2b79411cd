//! Which kinds and codes answer which question.

use tidegate_core::handover::Asked;

/// One of the ten questions. A yes is good news unless it says otherwise.
pub(super) struct Question {
    /// The question in plain words.
    pub(super) text: &'static str,
    /// Why it matters, in one sentence.
    pub(super) matters: &'static str,
    /// Whether a yes is bad news.
    pub(super) yes_is_bad: bool,
    /// The kinds whose checks prove it.
    pub(super) proven_by: &'static [&'static str],
    /// What such a check did, as a sentence without a full stop.
    pub(super) proof: &'static str,
    /// The codes that stand against it; one that ends with `/` means every code of its kind.
    pub(super) denied_by: &'static [&'static str],
    /// Whether measured response times answer it.
    pub(super) slowest: bool,
    /// The question of the gate file that answers it, where no check can.
    pub(super) asked: Option<Asked>,
    /// What to add to the gate file so that it is proven.
    pub(super) add: &'static str,
}

impl Question {
    const BLANK: Self = Self {
        text: "",
        matters: "",
        yes_is_bad: false,
        proven_by: &[],
        proof: "",
        denied_by: &[],
        slowest: false,
        asked: None,
        add: "",
    };

    /// Whether a finding of this code stands against it.
    pub(super) fn denied_by(&self, code: &str) -> bool {
        self.denied_by
            .iter()
            .any(|denied| *denied == code || (denied.ends_with('/') && code.starts_with(denied)))
    }
}

/// The ten questions in their order.
pub(super) const QUESTIONS: [Question; 10] = [
    Question {
        text: "Is all client data behind a login?",
        matters: "Data that opens without a login can be read by anybody who guesses its address.",
        proven_by: &["access"],
        proof: "Every listed route was asked for without a login, and none gave data away",
        denied_by: &[
            "access/open",
            "access/public-write",
            "access/data-in-refusal",
            "exposure/backup",
            "isolation/public-cache",
            "supabase/table-readable",
            "supabase/table-writable",
            "supabase/sensitive-column",
            "supabase/files-listed",
            "supabase/function-open",
            "supabase/rpc-open",
            "supabase/graphql-open",
            "firebase/database-readable",
            "firebase/database-writable",
            "firebase/documents-readable",
            "firebase/documents-writable",
            "firebase/files-listed",
        ],
        add: "Add a check of the kind `access`: it asks for every route without a login.",
        ..Question::BLANK
    },
    Question {
        text: "Are all keys and passwords kept out of sight?",
        matters: "Whoever finds a key can act as the portal: read its database, send its mail, spend its money.",
        proven_by: &["secrets"],
        proof: "The change, the files and what the site serves were searched for keys",
        denied_by: &[
            "secrets/",
            "response-secrets/",
            "exposure/dotenv",
            "exposure/settings",
            "exposure/repository",
            "environment/public-secret",
            "supabase/service-key",
        ],
        add: "Add a check of the kind `secrets`: it searches the change, the files and the site.",
        ..Question::BLANK
    },
    Question {
        text: "Does every protected page and interface ask who is there?",
        matters: "One route that forgets to ask is enough to get in.",
        proven_by: &["access"],
        proof: "Every listed route was asked for without a login and with the wrong role",
        denied_by: &[
            "access/open",
            "access/public-write",
            "access/role-bypass",
            "access/changed-though-refused",
            "events/unsigned-accepted",
            "token/none",
            "token/junk",
            "token/alg-none",
            "token/bad-signature",
            "token/expired",
            "token/other-audience",
            "token/other-issuer",
            "token/algorithm-confusion",
            "token/weak-key",
            "token/alive-after-logout",
            "token/alive-after-password-change",
            "supabase/any-account",
            "firebase/any-account",
        ],
        add: "Add a check of the kind `access`, and one of the kind `token` for forged and expired logins.",
        ..Question::BLANK
    },
    Question {
        text: "Are the three slowest requests known, and fast enough?",
        matters: "What is slow for a few people today is slow for everybody once there is more data.",
        denied_by: &["latency/"],
        slowest: true,
        add: "Add a check of the kind `latency` for them: it measures each often enough, and holds it against \
              a latency budget.",
        ..Question::BLANK
    },
    Question {
        text: "Is each customer's data kept apart from every other customer's?",
        matters: "One customer who sees another one's data is the worst thing that a portal can do.",
        proven_by: &["isolation"],
        proof: "One customer tried to read, change, delete and list what belongs to another one",
        denied_by: &["isolation/", "supabase/cross-tenant"],
        add: "Add a check of the kind `isolation` with two identities of different tenants.",
        ..Question::BLANK
    },
    Question {
        text: "Is wrong input turned away before it is stored?",
        matters: "Wrong data that was stored breaks pages, reports and invoices later, where nobody looks for it.",
        proven_by: &["rejects"],
        proof: "Wrong input was sent, and what is stored was read back",
        denied_by: &[
            "rejects/accepted",
            "rejects/stored",
            "rejects/server-error",
            "rejects/quote-breaks",
            "rejects/markup-unescaped",
            "rejects/content-type-ignored",
            "rejects/no-size-limit",
            "events/accepted-invalid",
            "mass-assignment/",
        ],
        add: "Add a check of the kind `rejects`: it sends input that is wrong in exactly one way.",
        ..Question::BLANK
    },
    Question {
        text: "Is an error that happens now captured where somebody sees it?",
        matters: "Otherwise customers are the ones who report faults.",
        denied_by: &["error-hygiene/hidden-failure"],
        asked: Some(Asked::ErrorsCaptured),
        add: "Answer `errors-captured` below `handover: answers:` in the gate file.",
        ..Question::BLANK
    },
    Question {
        text: "Can last week's bug be explained from one request id?",
        matters: "Without a number that leads from a complaint to the log, each bug is searched for from the start.",
        denied_by: &["error-hygiene/missing-request-id"],
        asked: Some(Asked::BugExplainable),
        add: "Answer `bug-explainable` below `handover: answers:` in the gate file.",
        ..Question::BLANK
    },
    Question {
        text: "Are test and live systems kept apart?",
        matters: "A test that reaches the live database or live payments does real harm.",
        proven_by: &["environment"],
        proof: "The settings of the environments were compared, without showing any value",
        denied_by: &[
            "cors/localhost",
            "environment/local-host",
            "environment/staging-host",
            "environment/test-key",
            "environment/live-key",
            "environment/shared-database",
            "environment/shared-service-key",
            "environment/shared-secret",
            "environment/shared-project",
            "environment/demo-issuer",
            "environment/cors-origin",
            "environment/oauth-redirect",
            "environment/wrong-environment",
            "environment/bundle-host",
            "page/development",
        ],
        add: "Add a check of the kind `environment`: it compares the settings of the environments.",
        ..Question::BLANK
    },
    Question {
        text: "Would one bad deploy cause more than five support tickets?",
        matters: "It says how much a mistake costs here, and so how careful a deploy has to be.",
        yes_is_bad: true,
        asked: Some(Asked::MoreThanFiveTickets),
        add: "Answer `more-than-five-tickets` below `handover: answers:` in the gate file.",
        ..Question::BLANK
    },
];
