//! Where sites and apps run.

use tidegate_core::meta::Severity;

use super::UUID;
use crate::scan::rule::{Class, Part, Rule, Set, Shape, Test};

/// What proves to Fly.io that the macaroon before it may be used; both make one token.
const FLY_DISCHARGE: &[Part] = &[
    Part::Text(","),
    Part::Either(&["fm2_", "fm1r_", "fm1a_"]),
    Part::Run(Set::Base64, 40, 2000),
    Part::Maybe(&[Part::Text("=")]),
    Part::Maybe(&[Part::Text("=")]),
];

pub(super) static RULES: &[Rule] = &[
    Rule {
        slug: "vercel-token",
        name: "Vercel token",
        provider: "Vercel",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[Shape::Token(&[
            Part::Either(&["vcp_", "vci_", "vca_", "vcr_", "vck_"]),
            Part::Run(Set::Alnum, 56, 56),
        ])],
        test: Test::Crc32Base62,
        opens: "Whoever has it can deploy to your sites and read the environment variables of every project, which means every other key too. A key that begins with vck_ spends your AI Gateway credit.",
        rotate: &[
            "Open Vercel, Account Settings, Tokens (for vck_: AI Gateway, API Keys), and create a new one with the smallest scope and an end.",
            "Put it where CI reads it.",
            "Delete the old one.",
            "Look through Activity for deployments that are not yours; when there are any, rotate every environment variable of the team.",
        ],
        keep_out: "It belongs in the secrets of CI only. The site itself never needs it.",
        reference: "https://vercel.com/changelog/new-token-formats-and-secret-scanning",
    },
    Rule {
        slug: "vercel-legacy-token",
        name: "Vercel token of the old format",
        provider: "Vercel",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[Shape::Named {
            word: "vercel",
            also: &["token"],
            value: &[Part::Run(Set::Alnum, 24, 24)],
        }],
        test: Test::Random(350),
        opens: "Whoever has it can deploy to your sites and read the environment variables of every project, which means every other key too.",
        rotate: &[
            "Open Vercel, Account Settings, Tokens, and create a new one with the smallest scope and an end; it is of the new format.",
            "Put it where CI reads it.",
            "Delete the old one.",
            "Look through Activity for deployments that are not yours; when there are any, rotate every environment variable of the team.",
        ],
        keep_out: "It belongs in the secrets of CI only. The site itself never needs it.",
        reference: "https://vercel.com/docs/rest-api/reference/welcome",
    },
    Rule {
        slug: "netlify-token",
        name: "Netlify access token",
        provider: "Netlify",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[
            Shape::Token(&[
                Part::Either(&["nfp_", "nfc_", "nfo_", "nfu_", "nfb_"]),
                Part::Run(Set::Alnum, 36, 36),
            ]),
            Shape::Named {
                word: "netlify",
                also: &["token"],
                value: &[Part::Run(Set::Base64Url, 43, 45)],
            },
        ],
        test: Test::Random(375),
        opens: "Whoever has it can deploy to your sites, change their settings and read their environment variables and form submissions.",
        rotate: &[
            "Open Netlify, User settings, Applications, Personal access tokens, and choose New access token.",
            "Put it where CI reads it.",
            "Choose Options, Delete personal token on the old one.",
            "Look through the team's Audit log for deploys that are not yours.",
        ],
        keep_out: "It belongs in the secrets of CI only. The site itself never needs it.",
        reference: "https://docs.netlify.com/api-and-cli-guides/api-guides/get-started-with-api/",
    },
    Rule {
        slug: "render-api-key",
        name: "Render API key",
        provider: "Render",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[Shape::Token(&[
            Part::Text("rnd_"),
            Part::Run(Set::Alnum, 28, 32),
        ])],
        test: Test::Random(365),
        opens: "Whoever has it can deploy, stop and delete your services and read their environment variables, which means the passwords of the databases too.",
        rotate: &[
            "Open the Render Dashboard, Account Settings, API Keys, and choose Create API Key.",
            "Put it where CI reads it.",
            "Revoke the old one.",
            "Look at each service's Events for what is not yours.",
        ],
        keep_out: "It belongs in the secrets of CI only. For a deploy alone, a deploy hook is enough.",
        reference: "https://render.com/docs/api",
    },
    Rule {
        slug: "fly-token",
        name: "Fly.io token",
        provider: "Fly.io",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[
            Shape::Token(&[
                Part::Either(&["fm2_", "fm1r_", "fm1a_"]),
                Part::Run(Set::Base64, 100, 2000),
                Part::Maybe(&[Part::Text("=")]),
                Part::Maybe(&[Part::Text("=")]),
                Part::Maybe(FLY_DISCHARGE),
            ]),
            Shape::Token(&[Part::Text("fo1_"), Part::Run(Set::Base64Url, 43, 43)]),
        ],
        test: Test::Random(380),
        opens: "Whoever has it can deploy your apps, open a shell in their machines and read the data on their volumes. Most such tokens last for years.",
        rotate: &[
            "Run fly tokens list to see the tokens of the app, or open the dashboard, Tokens.",
            "Run fly tokens create deploy with an --expiry, and put the token where CI reads it.",
            "Run fly tokens revoke with the id of the old one.",
            "Run fly releases to see deploys that are not yours.",
        ],
        keep_out: "It belongs in the secrets of CI only, made for one app and with an end.",
        reference: "https://fly.io/docs/security/tokens/",
    },
    Rule {
        slug: "railway-token",
        name: "Railway token",
        provider: "Railway",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[Shape::Named {
            word: "railway",
            also: &["token"],
            value: UUID,
        }],
        test: Test::Random(300),
        opens: "Whoever has it can deploy to your project and read its variables, which means the passwords of the databases too.",
        rotate: &[
            "Open Railway, the project, Settings, Tokens (for an account: Account Settings, Tokens), and create a new one.",
            "Put it where CI reads it.",
            "Delete the old one.",
            "Look at the project's Activity for deployments that are not yours.",
        ],
        keep_out: "It belongs in the secrets of CI only, made for one environment of one project.",
        reference: "https://docs.railway.com/reference/public-api",
    },
    Rule {
        slug: "heroku-api-key",
        name: "Heroku API key",
        provider: "Heroku",
        class: Class::Secret,
        severity: Severity::Critical,
        shapes: &[
            Shape::Token(&[Part::Text("HRKU-"), Part::Run(Set::Base64Url, 36, 64)]),
            Shape::Named {
                word: "heroku",
                also: &["key", "token"],
                value: UUID,
            },
        ],
        test: Test::Random(300),
        opens: "Whoever has it can deploy your apps, read their config vars and copy their databases.",
        rotate: &[
            "For the account's own key open Heroku, Account settings, API Key, and choose Regenerate API Key.",
            "For CI run heroku authorizations:create with a scope and an end, and put the token where CI reads it.",
            "Run heroku authorizations:revoke with the id of the old one.",
            "Look at each app's Activity for releases that are not yours.",
        ],
        keep_out: "It belongs in the secrets of CI only. The running app needs its config vars, not this key.",
        reference: "https://devcenter.heroku.com/articles/authentication",
    },
];
