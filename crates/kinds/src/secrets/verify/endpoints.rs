//! Where a key can be tried: addresses that the provider documents, that only read, and that take the
//! key in a header.
//!
//! A refusal counts only by what its provider documents or is known to say of a key that it does not
//! know. A status alone says too little: OpenAI answers 401 to an address that is not on a key's list,
//! Resend to a key that may only send, and servers of one's own (GitLab) or of another region
//! (SendGrid) have keys of the same form.

use super::Answer;

/// A status, and a text that must be in the body; an empty one is in every body.
type Sign = (u16, &'static str);

/// Where the keys of a rule can be tried.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// The rule.
    pub(super) slug: &'static str,
    /// How a key begins that the address takes.
    pub(super) begins: &'static [&'static str],
    /// The address.
    pub(super) url: &'static str,
    /// The header that takes the key.
    pub(super) header: &'static str,
    /// What stands before the key in the header.
    pub(super) before: &'static str,
    /// Other headers that the address wants.
    pub(super) also: &'static [(&'static str, &'static str)],
    /// What says that the key works.
    pub(super) opens: &'static [Sign],
    /// What says that it does not any more.
    pub(super) refuses: &'static [Sign],
}

impl Endpoint {
    /// Whether a key of a rule can be tried here.
    pub(super) fn takes(&self, slug: &str, key: &str) -> bool {
        self.slug == slug && self.begins.iter().any(|begin| key.starts_with(begin))
    }

    /// What an answer says about the key.
    pub(super) fn answer(&self, status: u16, body: &str) -> Answer {
        let says = |signs: &[Sign]| {
            signs
                .iter()
                .any(|(known, text)| *known == status && body.contains(text))
        };
        if says(self.opens) {
            Answer::Opens
        } else if says(self.refuses) {
            Answer::Refused
        } else {
            Answer::Unclear(format!("status {status}"))
        }
    }
}

/// An address that takes the key as a bearer token (RFC 6750, 2.1), and whose refusal says nothing.
const fn bearer(
    slug: &'static str,
    begins: &'static [&'static str],
    url: &'static str,
) -> Endpoint {
    Endpoint {
        slug,
        begins,
        url,
        header: "authorization",
        before: "Bearer ",
        also: &[],
        opens: &[(200, "")],
        refuses: &[],
    }
}

const BALANCE: &str = "https://api.stripe.com/v1/balance";
const STRIPE_REFUSES: &[Sign] = &[(401, "api_key_expired"), (401, "Invalid API Key provided")];
const GITHUB_USER: &str = "https://api.github.com/user";
const GITHUB_REFUSES: &[Sign] = &[(401, "Bad credentials")];

/// The first that takes a key counts.
pub(super) static ENDPOINTS: &[Endpoint] = &[
    // https://docs.stripe.com/api/balance/balance_retrieve
    Endpoint {
        refuses: STRIPE_REFUSES,
        ..bearer("stripe-secret-key", &["sk_live_51", "sk_test_51"], BALANCE)
    },
    // An older key may be another vendor's, which writes `sk_live_` as well.
    bearer("stripe-secret-key", &["sk_live_", "sk_test_"], BALANCE),
    Endpoint {
        refuses: STRIPE_REFUSES,
        ..bearer(
            "stripe-restricted-key",
            &["rk_live_51", "rk_test_51"],
            BALANCE,
        )
    },
    // https://docs.github.com/en/rest/users/users#get-the-authenticated-user
    Endpoint {
        refuses: GITHUB_REFUSES,
        ..bearer("github-token", &["ghp_", "gho_", "ghu_"], GITHUB_USER)
    },
    Endpoint {
        refuses: GITHUB_REFUSES,
        ..bearer("github-fine-grained-token", &["github_pat_"], GITHUB_USER)
    },
    // https://docs.gitlab.com/api/users/#get-the-current-user
    Endpoint {
        header: "private-token",
        before: "",
        ..bearer(
            "gitlab-token",
            &["glpat-"],
            "https://gitlab.com/api/v4/user",
        )
    },
    // https://docs.npmjs.com/cli/commands/npm-whoami
    bearer(
        "npm-token",
        &["npm_"],
        "https://registry.npmjs.org/-/whoami",
    ),
    // https://platform.openai.com/docs/api-reference/models/list
    Endpoint {
        refuses: &[(401, "invalid_api_key")],
        ..bearer(
            "openai-api-key",
            &["sk-proj-", "sk-svcacct-"],
            "https://api.openai.com/v1/models",
        )
    },
    // https://docs.claude.com/en/api/models-list
    Endpoint {
        header: "x-api-key",
        before: "",
        also: &[("anthropic-version", "2023-06-01")],
        refuses: &[(401, "invalid x-api-key")],
        ..bearer(
            "anthropic-api-key",
            &["sk-ant-api03-"],
            "https://api.anthropic.com/v1/models",
        )
    },
    // https://console.groq.com/docs/api-reference#models-list
    Endpoint {
        refuses: &[(401, "invalid_api_key")],
        ..bearer(
            "groq-api-key",
            &["gsk_"],
            "https://api.groq.com/openai/v1/models",
        )
    },
    // https://openrouter.ai/docs/api/api-reference/api-keys/get-current-key
    Endpoint {
        refuses: &[(401, "")],
        ..bearer(
            "openrouter-api-key",
            &["sk-or-v1-"],
            "https://openrouter.ai/api/v1/key",
        )
    },
    // https://huggingface.co/docs/hub/api (whoami-v2)
    Endpoint {
        refuses: &[(401, "")],
        ..bearer(
            "hugging-face-token",
            &["hf_"],
            "https://huggingface.co/api/whoami-v2",
        )
    },
    // https://replicate.com/docs/reference/http#account.get
    Endpoint {
        refuses: &[(401, "")],
        ..bearer(
            "replicate-api-token",
            &["r8_"],
            "https://api.replicate.com/v1/account",
        )
    },
    // https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions
    bearer(
        "sendgrid-api-key",
        &["SG."],
        "https://api.sendgrid.com/v3/scopes",
    ),
    // https://resend.com/docs/api-reference/errors
    Endpoint {
        opens: &[(200, ""), (401, "restricted_api_key")],
        refuses: &[(400, "API key is invalid"), (403, "invalid_api_key")],
        ..bearer("resend-api-key", &["re_"], "https://api.resend.com/domains")
    },
    // https://docs.slack.dev/reference/methods/auth.test
    Endpoint {
        opens: &[(200, "\"ok\":true")],
        refuses: &[
            (200, "\"token_revoked\""),
            (200, "\"token_expired\""),
            (200, "\"account_inactive\""),
        ],
        ..bearer(
            "slack-token",
            &["xoxb-", "xoxp-"],
            "https://slack.com/api/auth.test",
        )
    },
    // https://developers.notion.com/reference/get-self
    Endpoint {
        also: &[("notion-version", "2022-06-28")],
        refuses: &[(401, "\"unauthorized\"")],
        ..bearer(
            "notion-token",
            &["ntn_"],
            "https://api.notion.com/v1/users/me",
        )
    },
    // https://docs.digitalocean.com/reference/api/digitalocean/#operation/account_get
    Endpoint {
        refuses: &[(401, "")],
        ..bearer(
            "digitalocean-token",
            &["dop_v1_", "doo_v1_"],
            "https://api.digitalocean.com/v2/account",
        )
    },
    // https://docs.doppler.com/reference/auth-me
    bearer(
        "doppler-token",
        &["dp.pt.", "dp.ct.", "dp.st.", "dp.sa."],
        "https://api.doppler.com/v3/me",
    ),
    // https://vercel.com/docs/rest-api/reference/endpoints/user/get-the-user
    bearer("vercel-token", &["vcp_"], "https://api.vercel.com/v2/user"),
    // https://supabase.com/docs/reference/api/v1-list-all-projects
    Endpoint {
        refuses: &[(401, "")],
        ..bearer(
            "supabase-access-token",
            &["sbp_"],
            "https://api.supabase.com/v1/projects",
        )
    },
    // https://discord.com/developers/docs/resources/user#get-current-user
    Endpoint {
        before: "Bot ",
        ..bearer(
            "discord-bot-token",
            &[""],
            "https://discord.com/api/v10/users/@me",
        )
    },
    // https://developers.figma.com/docs/rest-api/users-endpoints/
    Endpoint {
        header: "x-figma-token",
        before: "",
        refuses: &[(403, "Invalid token")],
        ..bearer("figma-token", &["figd_"], "https://api.figma.com/v1/me")
    },
];
