//! What builds, watches and measures a service.

use tidegate_core::meta::Severity;

use super::UUID;
use crate::scan::rule::{Class, Part, Rule, Set, Shape, Test};

/// 32 characters for an API key, 40 for an application key.
const DATADOG: &[Part] = &[
    Part::Run(Set::LowerHex, 32, 32),
    Part::Maybe(&[Part::Run(Set::LowerHex, 8, 8)]),
];

pub(super) static RULES: &[Rule] = &[
    Rule {
        slug: "pulumi-access-token",
        name: "Pulumi access token",
        provider: "Pulumi",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[Shape::Token(&[
            Part::Text("pul-"),
            Part::Run(Set::LowerHex, 40, 40),
        ])],
        test: Test::Random(305),
        opens: "Whoever has it can read the state of your infrastructure and its secrets, and can change what it describes.",
        rotate: &[
            "Open Pulumi Cloud, the avatar, Personal access tokens (for a team or organisation: Settings, Access Tokens).",
            "Choose Create token with an end, and put it where CI reads it.",
            "Delete the old one.",
            "Look at each stack's Activity for updates that are not yours.",
        ],
        keep_out: "It belongs in PULUMI_ACCESS_TOKEN in the secrets of CI only.",
        reference: "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/",
    },
    Rule {
        slug: "sentry-auth-token",
        name: "Sentry auth token",
        provider: "Sentry",
        class: Class::Secret,
        severity: Severity::Medium,
        shapes: &[
            Shape::Token(&[
                Part::Text("sntrys_eyJ"),
                Part::Run(Set::Base64, 40, 600),
                Part::Maybe(&[Part::Text("=")]),
                Part::Maybe(&[Part::Text("=")]),
                Part::Text("_"),
                Part::Run(Set::Base64, 43, 43),
            ]),
            Shape::Token(&[
                Part::Either(&["sntryu_", "sntrya_", "sntryi_"]),
                Part::Run(Set::LowerHex, 64, 64),
            ]),
            Shape::Named {
                word: "sentry",
                also: &["authtoken"],
                value: &[Part::Run(Set::LowerHex, 64, 64)],
            },
        ],
        test: Test::Random(330),
        opens: "An organisation's token (sntrys_) can upload source maps and make releases. A personal one (sntryu_) can read errors with your users' data and change projects.",
        rotate: &[
            "Open Sentry, Settings, Organization Tokens (for sntryu_: User settings, Personal Tokens).",
            "Choose Create New Token, and put it where the build reads it.",
            "Revoke the old one.",
            "Look through Settings, Audit Log for what is not yours.",
        ],
        keep_out: "Only the build needs it, as SENTRY_AUTH_TOKEN in the secrets of CI, without the prefix that puts a variable into the bundle. The browser gets the DSN.",
        reference: "https://docs.sentry.io/account/auth-tokens/",
    },
    Rule {
        slug: "posthog-personal-api-key",
        name: "PostHog personal API key",
        provider: "PostHog",
        class: Class::Secret,
        severity: Severity::High,
        shapes: &[Shape::Token(&[
            Part::Text("phx_"),
            Part::Run(Set::Alnum, 43, 60),
        ])],
        test: Test::Random(400),
        opens: "Whoever has it can read what your users did and who they are, and change feature flags.",
        rotate: &[
            "Open PostHog, Settings, Personal API keys.",
            "Choose Roll beside the key, or Create personal API key with only the scopes it needs.",
            "Put the new one where the server reads it, and deploy.",
            "Delete the old one.",
        ],
        keep_out: "It belongs in the server's environment only. The browser gets the project's key, which begins with phc_.",
        reference: "https://posthog.com/docs/api",
    },
    Rule {
        slug: "datadog-key",
        name: "Datadog API or application key",
        provider: "Datadog",
        class: Class::Secret,
        severity: Severity::High,
        shapes: &[
            Shape::Named {
                word: "datadog",
                also: &["apikey", "appkey", "applicationkey"],
                value: DATADOG,
            },
            Shape::Named {
                word: "dd_api_key",
                also: &[],
                value: DATADOG,
            },
            Shape::Named {
                word: "dd_app_key",
                also: &[],
                value: DATADOG,
            },
            Shape::Named {
                word: "dd_application_key",
                also: &[],
                value: DATADOG,
            },
        ],
        test: Test::Random(280),
        opens: "An API key lets its holder send false measurements and logs at your cost. With an application key they read logs, which hold your users' data, and change alarms.",
        rotate: &[
            "Open Datadog, Organization Settings, API Keys (or Application Keys), and choose New Key.",
            "Put it where the agent or the server reads it, and deploy.",
            "Revoke the old one.",
            "Look through Security, Audit Trail for what it did.",
        ],
        keep_out: "It belongs in the environment of the agent and the server. A browser uses a client token, which begins with pub.",
        reference: "https://docs.datadoghq.com/account_management/api-app-keys/",
    },
    Rule {
        slug: "new-relic-key",
        name: "New Relic key",
        provider: "New Relic",
        class: Class::Secret,
        severity: Severity::High,
        shapes: &[
            Shape::Token(&[Part::Text("NRAK-"), Part::Run(Set::UpperAlnum, 27, 27)]),
            Shape::Named {
                word: "relic",
                also: &["license", "ingest"],
                value: &[Part::Run(Set::LowerAlnum, 36, 36), Part::Text("NRAL")],
            },
        ],
        test: Test::Random(320),
        opens: "A user key (NRAK-) reads measurements and logs, which hold your users' data, and changes alarms. A license key (…NRAL) lets its holder send false data at your cost.",
        rotate: &[
            "Open New Relic, the user menu, API keys.",
            "Choose Create a key of the same type, put it where the server reads it, and deploy.",
            "Choose Delete in the menu of the old one.",
        ],
        keep_out: "It belongs in the environment of the agent and the server. A browser uses a browser key, which begins with NRJS-.",
        reference: "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/",
    },
    Rule {
        slug: "grafana-token",
        name: "Grafana token",
        provider: "Grafana",
        class: Class::Secret,
        severity: Severity::High,
        shapes: &[
            Shape::Token(&[
                Part::Text("glsa_"),
                Part::Run(Set::Alnum, 32, 32),
                Part::Text("_"),
                Part::Run(Set::LowerHex, 8, 8),
            ]),
            Shape::Token(&[
                Part::Text("glc_eyJ"),
                Part::Run(Set::Base64, 40, 400),
                Part::Maybe(&[Part::Text("=")]),
                Part::Maybe(&[Part::Text("=")]),
            ]),
        ],
        test: Test::Random(380),
        opens: "Whoever has it can read dashboards and, through the data sources, the logs and databases behind them; with an admin role also change them.",
        rotate: &[
            "Open Grafana, Administration, Users and access, Service accounts, the account (for glc_: Grafana Cloud, Security, Access Policies).",
            "Choose Add service account token with an end, and put it where the server reads it.",
            "Delete the old one.",
        ],
        keep_out: "It belongs in the server's environment or the secrets of CI, with the least role that does.",
        reference: "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
    },
    Rule {
        slug: "expo-token",
        name: "Expo access token",
        provider: "Expo",
        class: Class::Secret,
        severity: Severity::High,
        shapes: &[
            Shape::Named {
                word: "expo_token",
                also: &[],
                value: &[Part::Run(Set::Base64Url, 40, 40)],
            },
            Shape::Named {
                word: "expo_access_token",
                also: &[],
                value: &[Part::Run(Set::Base64Url, 40, 40)],
            },
        ],
        test: Test::Random(400),
        opens: "Whoever has it can publish an update that your app then loads, download its signing credentials and send push messages to its users.",
        rotate: &[
            "Open expo.dev, Account settings, Access tokens, and choose Create token; for CI make it for a robot user with the least role.",
            "Put it where CI or the server reads it.",
            "Choose Delete beside the old one.",
            "Look at the project's Updates and Builds for what is not yours.",
        ],
        keep_out: "It belongs in EXPO_TOKEN in the secrets of CI, never in the app or under EXPO_PUBLIC_.",
        reference: "https://docs.expo.dev/accounts/programmatic-access/",
    },
    Rule {
        slug: "snyk-token",
        name: "Snyk token",
        provider: "Snyk",
        class: Class::Secret,
        severity: Severity::High,
        shapes: &[
            Shape::Token(&[
                Part::Either(&["snyk_uat.", "snyk_sat."]),
                Part::Run(Set::LowerHex, 8, 8),
                Part::Text("."),
                Part::Run(Set::Dotted, 40, 400),
            ]),
            Shape::Token(&[
                Part::Either(&["snyk_cs_", "snyk_rt_"]),
                Part::Run(Set::Base64Url, 40, 150),
                Part::Text("_v1"),
            ]),
            Shape::Named {
                word: "snyk",
                also: &["token", "key"],
                value: UUID,
            },
        ],
        test: Test::Random(300),
        opens: "Whoever has it can read the list of your unmended vulnerabilities and the code that Snyk reads for you.",
        rotate: &[
            "Open Snyk, Account settings, General; revoke the personal access token, or choose Revoke & Regenerate beside the API token.",
            "Put the new one where CI reads it.",
            "For a service account open the organisation's Settings, Service accounts, and make a new one there.",
        ],
        keep_out: "It belongs in SNYK_TOKEN in the secrets of CI only, best that of a service account.",
        reference: "https://docs.snyk.io/developer-tools/snyk-api/authentication-for-api",
    },
];
