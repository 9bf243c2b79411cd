//! What a kind of check means to whoever takes the portal over.

/// What a kind means in plain words.
pub(super) struct Plain {
    /// What a check of the kind proves when it passes, as a sentence; empty for one that proves nothing.
    pub(super) proves: &'static str,
    /// What to look at in the first 14 days; may be empty.
    pub(super) first_14_days: &'static str,
    /// What to look at in the first 30 days; may be empty.
    pub(super) first_30_days: &'static str,
}

/// The kinds by name.
const KINDS: &[(&str, Plain)] = &[
    (
        "access",
        Plain {
            proves: "Nobody gets in without a login, and each role does only what it may.",
            first_14_days: "Look for logins from places and at times that are unusual for your people.",
            first_30_days: "Go through the list of people with administrator rights and remove who left.",
        },
    ),
    (
        "command",
        Plain {
            proves: "The project's own tests passed.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "conformance",
        Plain {
            proves: "Answers look as the interface's document says.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "contract",
        Plain {
            proves: "The interface still does what its users rely on.",
            first_14_days: "Ask those who connect other software to the portal whether it still works.",
            first_30_days: "",
        },
    ),
    (
        "cors",
        Plain {
            proves: "Foreign websites cannot use a visitor's login.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "environment",
        Plain {
            proves: "Test and live systems share no database and no key that they must not share.",
            first_14_days: "Look for test data in the live system, and for mail that tests sent to real people.",
            first_30_days: "",
        },
    ),
    (
        "error-hygiene",
        Plain {
            proves: "Error pages give nothing about the inside of the portal away.",
            first_14_days: "Look at the captured errors each working day; a new one belongs to this deploy until shown otherwise.",
            first_30_days: "",
        },
    ),
    (
        "events",
        Plain {
            proves: "Messages to and from other services arrive, and forged ones are refused.",
            first_14_days: "Look at failed deliveries at the services that the portal exchanges messages with.",
            first_30_days: "",
        },
    ),
    (
        "exposure",
        Plain {
            proves: "No internal file or console is open to the public.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "firebase",
        Plain {
            proves: "The Firebase project gives strangers nothing.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "flow",
        Plain {
            proves: "A journey that people take works from its first step to its last.",
            first_14_days: "Walk through the journeys above once a day, or let the gate do it on a schedule.",
            first_30_days: "Compare the number of support tickets with the month before.",
        },
    ),
    (
        "headers",
        Plain {
            proves: "Pages tell the browser how to protect those who look at them.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "isolation",
        Plain {
            proves: "No customer sees or changes what belongs to another one.",
            first_14_days: "Treat every report of “I see something that is not mine” as an emergency.",
            first_30_days: "Add a check for each new sort of record that customers own.",
        },
    ),
    (
        "latency",
        Plain {
            proves: "People wait no longer than the latency budgets allow.",
            first_14_days: "Compare the times that real visitors wait with the ones in this report.",
            first_30_days: "Measure again: there is more data by then.",
        },
    ),
    (
        "learned",
        Plain {
            proves: "Answers look as they did before.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "lists",
        Plain {
            proves: "Lists come in pages and show no field that is nobody's business.",
            first_14_days: "",
            first_30_days: "Look at the slowest pages again: there is more data by then.",
        },
    ),
    (
        "mass-assignment",
        Plain {
            proves: "Nobody can give themselves rights or prices by adding a field to a form.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "page",
        Plain {
            proves: "The pages are there, and what they need to work loads.",
            first_14_days: "Open the most used pages once with a phone, and once in a window without anything stored.",
            first_30_days: "",
        },
    ),
    (
        "race",
        Plain {
            proves: "Two people who click at once, or one who clicks twice, do no harm.",
            first_14_days: "Look for records that exist twice.",
            first_30_days: "",
        },
    ),
    (
        "regression",
        Plain {
            proves: "The portal is no slower than before this deploy.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "rejects",
        Plain {
            proves: "Wrong input is turned away and not stored.",
            first_14_days: "Look for records with empty, odd or cut-off values.",
            first_30_days: "",
        },
    ),
    (
        "response-secrets",
        Plain {
            proves: "No answer of the portal carries a key.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "secrets",
        Plain {
            proves: "No key or password stands in the change, in the files or on the site.",
            first_14_days: "Look at the bills and the usage of the services whose keys the portal holds.",
            first_30_days: "Replace the keys that people know who no longer work on the portal.",
        },
    ),
    (
        "slowest-routes",
        Plain {
            proves: "",
            first_14_days: "",
            first_30_days: "",
        },
    ),
    (
        "supabase",
        Plain {
            proves: "The Supabase project gives strangers nothing.",
            first_14_days: "",
            first_30_days: "Look at the rules of each table that was added since.",
        },
    ),
    (
        "throttle",
        Plain {
            proves: "Guessing passwords is slowed down.",
            first_14_days: "Look at the number of failed logins.",
            first_30_days: "",
        },
    ),
    (
        "token",
        Plain {
            proves: "Forged, old and stolen logins are refused.",
            first_14_days: "",
            first_30_days: "",
        },
    ),
];

/// What a kind means in plain words; a plugin's kind has none but its own.
pub(super) fn plain(kind: &str) -> Option<&'static Plain> {
    let known = KINDS.iter().find(|(name, _)| *name == kind);
    known.map(|(_, plain)| plain)
}
