//! The JSON Schema (draft-07) of `token:`.

use serde_json::{Value, json};
use tidegate_core::request::schema::period;

use crate::attack::calls_schema::{calls, request};
use crate::expect;

/// The schema of the whole value.
pub(super) fn token() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let mut refused = expect::schema::expectation();
    refused["description"] = Value::from(
        "What a refusal of this portal looks like beside 401, 403, 404 and a redirect to the login.",
    );
    json!({
        "type": "object",
        "description": "Tries wrong, changed and old credentials, and looks at sessions and their cookies.",
        "additionalProperties": false,
        "required": ["probe"],
        "properties": {
            "identities": {
                "type": "array",
                "minItems": 1,
                "items": { "type": "string" },
                "description": "Whose credentials are tried, in place of `as`.",
            },
            "probe": request("A GET that needs the identity, as in `{ get: /api/me }`.", &[]),
            "refused": refused,
            "signing-key": text("The key of this environment that tokens are signed with, as in `${JWT_SECRET}`; with it tokens that are over, or for others, are made and tried."),
            "jwks": text("The path of the set of public keys; `/.well-known/jwks.json` when absent."),
            "public-key": text("The file with the public key, in place of `jwks`."),
            "expired": text("A token that is over, as in `${EXPIRED_TOKEN}`."),
            "other-audience": text("A token for another service of the same issuer."),
            "other-issuer": text("A token of another issuer."),
            "max-lifetime": period("How long a token may live; 168h when absent."),
            "login-page": {
                "description": "The page that people log in on, for session fixation; the probe when absent.",
                "anyOf": [
                    text("Its path."),
                    request("The request that reads it.", &[]),
                ],
            },
            "logout": calls("The request that ends a session."),
            "password-change": password_change(),
            "refresh": refresh(),
            "most": {
                "type": "integer",
                "minimum": 20,
                "maximum": 1000,
                "description": "The most requests of one run; 150 when absent.",
            },
        },
    })
}

fn password_change() -> Value {
    let restore = calls(
        "How the old password is set again: a request of the session that changed it, or a list of requests of a new one, which log in first.",
    );
    let who = json!({
        "type": "string",
        "description": "Whose password is changed, when it is not `as` of the check; best an identity that nothing else uses.",
    });
    let mut all = request(
        "The request that changes the password; other sessions must end with it.",
        &[("as", who), ("restore", restore)],
    );
    all["required"] = json!(["restore"]);
    all
}

fn refresh() -> Value {
    let login = request(
        "The login whose answer brings the first refresh token.",
        &[],
    );
    let bearer = json!({
        "type": "string",
        "description": "Where the answers have the new token for the probe, as in `$.access_token`; the cookies when absent.",
    });
    let grace =
        period("How long a used refresh token may be accepted; 30s when absent, 2m at most.");
    let mut all = request(
        "The request that renews a session.",
        &[
            ("login", login),
            ("capture", expect::schema::captures()),
            ("bearer", bearer),
            ("grace", grace),
        ],
    );
    all["required"] = json!(["login"]);
    all
}
