//! The JSON Schema (draft-07) of `throttle:`.

use serde_json::{Value, json};

use crate::attack::calls_schema::calls;
use crate::expect;

/// The schema of the whole value.
pub(super) fn throttle() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let mut failed = expect::schema::expectation();
    failed["description"] = Value::from(
        "What a failed login looks like, when it is answered like a right one: `{ json: { $.ok: false } }`.",
    );
    json!({
        "type": "object",
        "description": "Guesses the password of an account of its own, and looks whether that is slowed down and who is told apart.",
        "additionalProperties": false,
        "required": ["account", "login"],
        "properties": {
            "account": {
                "type": "object",
                "description": "An account that nothing else uses: it may be locked for a while.",
                "additionalProperties": false,
                "required": ["user", "password"],
                "properties": {
                    "user": text("Its name or address, as in `${CANARY_EMAIL}`."),
                    "password": text("Its password."),
                    "unknown": text("A name that no account has; made up when absent."),
                },
            },
            "login": calls("The login, with `${user}` and `${password}` in it."),
            "failed": failed,
            "reset": calls("The request for a new password, with `${user}` in it."),
            "tries": {
                "type": "integer",
                "minimum": 5,
                "maximum": 50,
                "description": "How many wrong passwords must be enough to be slowed down; 15 when absent.",
            },
            "production": {
                "type": "boolean",
                "description": "Whether it may be tried in production.",
            },
        },
    })
}
