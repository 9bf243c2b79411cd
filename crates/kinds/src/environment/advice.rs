//! What to do about each code, in plain sentences.

/// What to do about a code.
pub(super) fn of(code: &str) -> &'static str {
    match code.trim_start_matches("environment/") {
        "local-host" => {
            "Set the variable to the address of production, where production is configured. If it is an address to listen at, name it HOST or BIND_ADDRESS, so that nobody takes it for one to call."
        }
        "staging-host" => {
            "Set the variable to the host of production, where production is configured. If production really talks to that host, say so in the variable's name, as in STAGING_API_URL."
        }
        "test-key" => {
            "Put the provider's live key where production is configured, and keep the test key for the other environments."
        }
        "live-key" => {
            "Put the provider's test key there, and roll the live key if people or code that may not have it have seen it."
        }
        "shared-database" => {
            "Give the other environment a database of its own, with made-up data, and change the password of production's afterwards: too many places have known it."
        }
        "shared-service-key" => {
            "Make a key of its own for each environment at the provider, and replace the one that both have known. Before production is touched, deploy the new key there."
        }
        "shared-secret" => {
            "Make a secret of its own for each environment. If it may be the same, list its name under `shared`."
        }
        "shared-project" => {
            "Make a project of its own for each environment, and put its address and keys there. If both may use one project, list the variable under `shared`."
        }
        "public-secret" => {
            "Rename the variable so that its name has no public beginning, use it on the server only, build anew, and replace the secret at the provider: whoever opened the page may have it."
        }
        "debug-on" => "Set it to false, or leave it out, where production is configured.",
        "node-env" => {
            "Set NODE_ENV to production there. Name your own environments by another variable."
        }
        "sentry-environment" => "Set it to the name of the environment it stands in.",
        "shared-analytics" => {
            "Leave the id out of the other environment, or give it a property of its own. If it may be the same, list its name under `shared`."
        }
        "noindex" => {
            "Leave the rule out in production, and set it by the environment. A portal that is meant to stay out of search engines says so with a waiver."
        }
        "missing-key" => {
            "Set the variable where this environment is configured, or take it out of the example file if nothing reads it any more."
        }
        "extra-key" => {
            "Add its name to the example file, or remove the variable if nothing reads it any more."
        }
        "key-mismatch" => {
            "Copy the address and the keys from the same page of the same project and mode."
        }
        "demo-issuer" => {
            "Generate a JWT secret and keys of your own, as Supabase's page on self-hosting says, and replace both keys."
        }
        "cors-origin" => {
            "List only the origins of production, exactly as a browser sends them, and decide by the environment; never answer with the origin that was sent."
        }
        "oauth-redirect" => {
            "Set it to the address of production, and take the local address out of the allowed redirects of the provider's production app."
        }
        "wrong-environment" => {
            "Look at which build and which variables this address runs with, and at the address in the gate file."
        }
        "wrong-revision" => {
            "Wait until the deploy has finished and run the gate again, or deploy the revision that was tested."
        }
        "bundle-host" => {
            "Read the address from a variable that production sets at build time, and build anew. If the text is only a fallback, make its absence an error instead."
        }
        _ => "",
    }
}
