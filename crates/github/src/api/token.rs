//! What a token may do, as far as reading tells.

use serde::Deserialize;

use super::call::{Call, Purpose};
use super::client::Client;
use super::error::ApiError;

const READ: Purpose = Purpose {
    action: "read the repository",
    permission: "contents: read",
};

/// The header in which GitHub names the scopes of a personal token of the older sort.
const SCOPES: &str = "x-oauth-scopes";

/// The most scopes that are told.
const MOST: usize = 30;

/// What a token sees of its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The repository, as `owner/name`.
    pub repository: String,
    /// Whether only some may see it.
    pub private: bool,
    /// Whether whoever the token speaks for may write to it; nothing where GitHub does not say.
    pub writes: Option<bool>,
    /// The scopes of a personal token; other tokens name none.
    pub scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    private: bool,
    #[serde(default)]
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    push: bool,
}

/// Looks at the repository with the token; writes nothing.
///
/// # Errors
/// When GitHub does not accept the token, does not show it the repository, or cannot be asked.
pub async fn look(client: &Client) -> Result<Seen, ApiError> {
    let call = Call::get(READ, client.path(""));
    let reply = client.repeat(&call).await?;
    let reply = reply.accepted(&call, client.foreign())?;
    let answer: Answer = reply.read(&call, client.foreign())?;
    let scopes = reply.headers.get(SCOPES).map(|scopes| {
        let text = client
            .foreign()
            .line(&String::from_utf8_lossy(scopes.as_bytes()));
        let scopes = text
            .split(',')
            .map(str::trim)
            .filter(|scope| !scope.is_empty());
        scopes.take(MOST).map(str::to_owned).collect()
    });
    Ok(Seen {
        repository: client.repository().to_string(),
        private: answer.private,
        writes: answer.permissions.map(|permissions| permissions.push),
        scopes,
    })
}
