//! Which of Tidegate's rules stand for which of gitleaks'.

use super::rules;

/// A rule of gitleaks', by its id, and the slugs of Tidegate's rules that find the same keys.
static COUNTERPARTS: &[(&str, &[&str])] = &[
    (
        "1password-service-account-token",
        &["onepassword-service-account-token"],
    ),
    ("airtable-api-key", &["airtable-token"]),
    ("airtable-personnal-access-token", &["airtable-token"]),
    (
        "algolia-api-key",
        &["algolia-admin-key", "algolia-search-key"],
    ),
    ("asana-client-secret", &["asana-token"]),
    ("aws-access-token", &["aws-access-key-id"]),
    ("azure-ad-client-secret", &["azure-client-secret"]),
    ("cloudflare-api-key", &["cloudflare-api-token"]),
    ("cloudflare-global-api-key", &["cloudflare-api-token"]),
    ("cohere-api-token", &["cohere-api-key"]),
    (
        "contentful-delivery-api-token",
        &["contentful-management-token"],
    ),
    ("databricks-api-token", &["databricks-token"]),
    ("datadog-access-token", &["datadog-key"]),
    ("digitalocean-access-token", &["digitalocean-token"]),
    ("digitalocean-pat", &["digitalocean-token"]),
    ("digitalocean-refresh-token", &["digitalocean-token"]),
    ("discord-api-token", &["discord-bot-token"]),
    ("doppler-api-token", &["doppler-token"]),
    ("flyio-access-token", &["fly-token"]),
    ("gcp-api-key", &["google-web-key", "gemini-api-key"]),
    ("generic-api-key", &["generic-secret"]),
    ("github-app-token", &["github-token"]),
    ("github-fine-grained-pat", &["github-fine-grained-token"]),
    ("github-oauth", &["github-token"]),
    ("github-pat", &["github-token"]),
    ("github-refresh-token", &["github-token"]),
    ("gitlab-cicd-job-token", &["gitlab-token"]),
    ("gitlab-deploy-token", &["gitlab-token"]),
    ("gitlab-pat", &["gitlab-token"]),
    ("gitlab-pat-routable", &["gitlab-token"]),
    ("gitlab-runner-authentication-token", &["gitlab-token"]),
    ("grafana-cloud-api-token", &["grafana-token"]),
    ("grafana-service-account-token", &["grafana-token"]),
    ("hashicorp-tf-api-token", &["terraform-cloud-token"]),
    ("heroku-api-key-v2", &["heroku-api-key"]),
    ("hubspot-api-key", &["hubspot-token"]),
    ("huggingface-access-token", &["hugging-face-token"]),
    (
        "huggingface-organization-api-token",
        &["hugging-face-token"],
    ),
    ("intercom-api-key", &["intercom-access-token"]),
    (
        "jwt",
        &[
            "signed-token",
            "supabase-service-role-key",
            "supabase-anon-key",
        ],
    ),
    (
        "jwt-base64",
        &[
            "signed-token",
            "supabase-service-role-key",
            "supabase-anon-key",
        ],
    ),
    ("launchdarkly-access-token", &["launchdarkly-client-id"]),
    ("mailgun-private-api-token", &["mailgun-api-key"]),
    (
        "mapbox-api-token",
        &["mapbox-public-token", "mapbox-secret-token"],
    ),
    ("netlify-access-token", &["netlify-token"]),
    ("new-relic-insert-key", &["new-relic-key"]),
    ("new-relic-user-api-key", &["new-relic-key"]),
    ("notion-api-token", &["notion-token"]),
    ("npm-access-token", &["npm-token"]),
    ("planetscale-api-token", &["planetscale-token"]),
    ("planetscale-oauth-token", &["planetscale-token"]),
    ("pulumi-api-token", &["pulumi-access-token"]),
    ("pypi-upload-token", &["pypi-token"]),
    ("sendgrid-api-token", &["sendgrid-api-key"]),
    ("sendinblue-api-token", &["brevo-api-key"]),
    ("sentry-access-token", &["sentry-auth-token"]),
    ("sentry-org-token", &["sentry-auth-token"]),
    ("sentry-user-token", &["sentry-auth-token"]),
    ("shopify-custom-access-token", &["shopify-access-token"]),
    (
        "shopify-private-app-access-token",
        &["shopify-access-token"],
    ),
    ("shopify-shared-secret", &["shopify-client-secret"]),
    ("slack-app-token", &["slack-token"]),
    ("slack-bot-token", &["slack-token"]),
    ("slack-config-access-token", &["slack-token"]),
    ("slack-config-refresh-token", &["slack-token"]),
    ("slack-legacy-bot-token", &["slack-token"]),
    ("slack-legacy-token", &["slack-token"]),
    ("slack-legacy-workspace-token", &["slack-token"]),
    ("slack-user-token", &["slack-token"]),
    ("slack-webhook-url", &["slack-webhook"]),
    ("snyk-api-token", &["snyk-token"]),
    (
        "stripe-access-token",
        &["stripe-secret-key", "stripe-restricted-key"],
    ),
    ("telegram-bot-api-token", &["telegram-bot-token"]),
    ("twilio-api-key", &["twilio-api-key-sid"]),
    ("typeform-api-token", &["typeform-token"]),
    ("vault-batch-token", &["vault-token"]),
    ("vault-service-token", &["vault-token"]),
];

/// The slugs of Tidegate's rules that stand for a rule of this id: the one that is called so, and
/// those that find what gitleaks' rule of that name finds.
pub(crate) fn of(id: &str) -> Vec<&'static str> {
    let theirs = COUNTERPARTS
        .binary_search_by_key(&id, |(theirs, _)| theirs)
        .ok()
        .and_then(|at| COUNTERPARTS.get(at));
    let mut slugs: Vec<&str> = itself(id).into_iter().collect();
    for slug in theirs.iter().flat_map(|(_, ours)| *ours) {
        if !slugs.contains(slug) {
            slugs.push(slug);
        }
    }
    slugs
}

/// The slug of Tidegate's rule that is called so.
pub(crate) fn itself(id: &str) -> Option<&'static str> {
    rules::all().map(|rule| rule.slug).find(|slug| *slug == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(COUNTERPARTS.is_sorted_by(|(one, _), (next, _)| one < next));
    }

    #[test]
    fn an_id_stands_for_our_rule_of_that_name_and_its_counterparts() {
        assert_eq!(of("stripe-secret-key"), ["stripe-secret-key"]);
        assert_eq!(of("github-pat"), ["github-token"]);
        assert!(of("acme-token").is_empty());
        assert_eq!(itself("github-pat"), None);
    }

    #[test]
    #[ignore = "holds when the rules of all groups are together"]
    fn every_counterpart_is_a_rule() {
        for slug in COUNTERPARTS.iter().flat_map(|(_, ours)| *ours) {
            assert!(itself(slug).is_some(), "{slug}");
        }
    }
}
