//! The endpoints of sessions.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use super::caller::{COOKIE, Caller, Role, cookie_token};
use super::passwords::{hash_password, password_matches};
use crate::app::{App, AppState};
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::input::Fields;
use crate::{clock, identifiers};

/// A working day; after it people log in again.
const SESSION_SECONDS: i64 = 8 * 60 * 60;
/// How long [`Break::JwtEternal`] lets a session live.
const YEAR_SECONDS: i64 = 365 * 24 * 60 * 60;

/// The longest address that SMTP can carry (RFC 5321, section 4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;
const LONGEST_PASSWORD: usize = 200;
const SHORTEST_NEW_PASSWORD: usize = 12;

type CookieHeader = [(HeaderName, String); 1];

#[derive(Clone, Debug, Serialize)]
struct Account {
    id: String,
    name: String,
    role: Role,
}

/// A person, the account the session works in, and all accounts it could switch to.
#[derive(Debug, Serialize)]
pub(crate) struct Me {
    id: String,
    email: String,
    name: String,
    account: Account,
    accounts: Vec<Account>,
}

/// A new session: its token, when it ends, and whose it is.
#[derive(Debug, Serialize)]
pub(crate) struct LoggedIn {
    token: String,
    expires_at: String,
    user: Me,
}

/// `POST /api/login`
pub(crate) async fn log_in(
    State(app): State<App>,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<(CookieHeader, Json<LoggedIn>), ApiError> {
    let email = fields
        .required_text("email", 1..=LONGEST_EMAIL)
        .trim()
        .to_lowercase();
    let password = fields.required_text("password", 1..=LONGEST_PASSWORD);
    fields.finish()?;
    refuse_throttled(&app, &email)?;
    let user = check_credentials(&app, &email, password).await;
    // Looked at again: guesses sent at the same moment all passed the first look.
    refuse_throttled(&app, &email)?;
    let Some(user) = user?.filter(|_| !app.broken(Break::LoginRefused)) else {
        app.throttle.failed(&email, Instant::now());
        return Err(wrong_credentials(&app, email).await?);
    };
    app.throttle.succeeded(&email);
    let kept = cookie_token(&headers).filter(|_| app.broken(Break::SessionFixation));
    start_session(&app, user, kept).await
}

/// The same for an unknown person and a wrong password, so that nobody learns who has an account.
async fn wrong_credentials(app: &App, email: String) -> Result<ApiError, ApiError> {
    let told = app.broken(Break::UserEnumeration);
    let find = move |connection: &mut Connection| {
        let sql = "select count(*) from users where email = ?1";
        Ok(connection.query_row(sql, [email], |row| row.get::<_, i64>(0))? > 0)
    };
    let message = if told && !app.store.call(find).await? {
        "nobody has this email address"
    } else {
        "the email address or the password is wrong"
    };
    let status = StatusCode::UNAUTHORIZED;
    Ok(ApiError::new(status, "invalid-credentials", message))
}

fn refuse_throttled(app: &AppState, account: &str) -> Result<(), ApiError> {
    if app.broken(Break::NoThrottle) {
        return Ok(());
    }
    let wait = app.throttle.wait_seconds(account, Instant::now());
    wait.map_or(Ok(()), |seconds| Err(ApiError::throttled(seconds)))
}

/// The id of the user with that address and password.
async fn check_credentials(
    app: &App,
    email: &str,
    password: String,
) -> Result<Option<String>, ApiError> {
    let email = email.to_owned();
    let find = move |connection: &mut Connection| {
        let sql = "select id, password_hash from users where email = ?1";
        let row = connection.query_row(sql, [email], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(row.optional()?)
    };
    let found: Option<(String, String)> = app.store.call(find).await?;
    let (user, hash) = found.unzip();
    let hash = hash.unwrap_or_else(|| app.decoy_hash.clone());
    let matches = password_matches(password, hash).await?;
    Ok(user.filter(|_| matches))
}

/// Starts a session under a new name; under the kept one only with [`Break::SessionFixation`].
async fn start_session(
    app: &App,
    user: String,
    kept: Option<String>,
) -> Result<(CookieHeader, Json<LoggedIn>), ApiError> {
    let session = kept.map_or_else(identifiers::token, Ok)?;
    let seconds = if app.broken(Break::JwtEternal) {
        YEAR_SECONDS
    } else {
        SESSION_SECONDS
    };
    let now = clock::unix_seconds();
    let expires_at = now + seconds;
    let digest = identifiers::digest(session.as_bytes());
    let start = move |connection: &mut Connection| {
        connection.execute(
            "delete from sessions where expires_at <= ?1",
            [clock::unix_seconds()],
        )?;
        let sql = "insert or replace into sessions (token_digest, user_id, tenant_id, expires_at)
                   select ?1, ?2, min(tenant_id), ?3 from memberships where user_id = ?2";
        connection.execute(sql, params![digest, user, expires_at])?;
        let sql = "select tenant_id from sessions where token_digest = ?1";
        let tenant: String = connection.query_row(sql, [&digest], |row| row.get(0))?;
        describe(connection, &user, &tenant)
    };
    let user = app.store.call(start).await?;
    let token = match &app.web_tokens {
        None => session,
        Some(tokens) => tokens.issue(&session, (&user.id, &user.account.id), now, expires_at),
    };
    let cookie = session_cookie(app, &token, seconds);
    Ok((
        cookie,
        Json(LoggedIn {
            token,
            expires_at: clock::text_of_seconds(expires_at),
            user,
        }),
    ))
}

fn session_cookie(app: &AppState, token: &str, seconds: i64) -> CookieHeader {
    let mut cookie = format!("{COOKIE}={token}; Path=/; Max-Age={seconds}");
    if !app.broken(Break::CookieWithoutFlags) {
        cookie.push_str("; HttpOnly; SameSite=Lax");
        cookie.push_str(if app.secure { "; Secure" } else { "" });
    }
    [(header::SET_COOKIE, cookie)]
}

/// What `/api/me` shows of the user working in the tenant.
fn describe(connection: &Connection, user: &str, tenant: &str) -> Result<Me, ApiError> {
    let accounts = accounts_of(connection, user)?;
    let account = accounts
        .iter()
        .find(|account| account.id == tenant)
        .cloned();
    let account = account.ok_or_else(ApiError::unauthenticated)?;
    let sql = "select email, name from users where id = ?1";
    let (email, name) = connection.query_row(sql, [user], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Me {
        id: user.to_owned(),
        email,
        name,
        account,
        accounts,
    })
}

fn accounts_of(connection: &Connection, user: &str) -> rusqlite::Result<Vec<Account>> {
    let sql = "select t.id, t.name, m.role from memberships m join tenants t on t.id = m.tenant_id
               where m.user_id = ?1 order by t.id";
    let mut statement = connection.prepare_cached(sql)?;
    let account = |row: &Row<'_>| {
        let role = Role::of_text(&row.get::<_, String>(2)?);
        Ok(Account {
            id: row.get(0)?,
            name: row.get(1)?,
            role,
        })
    };
    statement.query_map([user], account)?.collect()
}

/// `POST /api/logout`
pub(crate) async fn log_out(
    State(app): State<App>,
    caller: Caller,
) -> Result<(StatusCode, CookieHeader), ApiError> {
    let end = move |connection: &mut Connection| {
        let sql = "delete from sessions where token_digest = ?1";
        Ok(connection.execute(sql, [caller.token_digest])?)
    };
    if !app.broken(Break::SessionSurvivesLogout) {
        app.store.call(end).await?;
    }
    Ok((StatusCode::NO_CONTENT, session_cookie(&app, "", 0)))
}

/// `GET /api/me`
pub(crate) async fn me(State(app): State<App>, caller: Caller) -> Result<Json<Me>, ApiError> {
    let read =
        move |connection: &mut Connection| describe(connection, &caller.user, &caller.tenant);
    app.store.call(read).await.map(Json)
}

/// `POST /api/session/switch`
pub(crate) async fn switch_account(
    State(app): State<App>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<Me>, ApiError> {
    let account = fields.required_text("account", 1..=50);
    fields.finish()?;
    let ignored = app.broken(Break::SwitchIgnored);
    let switch = move |connection: &mut Connection| {
        let accounts = accounts_of(connection, &caller.user)?;
        if !accounts.iter().any(|one| one.id == account) {
            return Err(ApiError::forbidden("this account is not one of yours"));
        }
        if !ignored {
            let sql = "update sessions set tenant_id = ?2 where token_digest = ?1";
            connection.execute(sql, params![caller.token_digest, account])?;
        }
        describe(connection, &caller.user, &account)
    };
    app.store.call(switch).await.map(Json)
}

/// `POST /api/me/password`: the person's other sessions end.
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    mut fields: Fields,
) -> Result<StatusCode, ApiError> {
    let current = fields.required_text("current_password", 1..=LONGEST_PASSWORD);
    let new = fields.required_text("new_password", SHORTEST_NEW_PASSWORD..=LONGEST_PASSWORD);
    fields.finish()?;
    let user = caller.user.clone();
    let find = move |connection: &mut Connection| {
        let sql = "select email from users where id = ?1";
        Ok(connection.query_row(sql, [user], |row| row.get::<_, String>(0))?)
    };
    let email = app.store.call(find).await?;
    refuse_throttled(&app, &email)?;
    if check_credentials(&app, &email, current).await?.is_none() {
        app.throttle.failed(&email, Instant::now());
        return Err(ApiError::invalid_field("current_password", "is wrong"));
    }
    store_password(&app, caller, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn store_password(app: &App, caller: Caller, password: String) -> Result<(), ApiError> {
    let others_end = !app.broken(Break::SessionSurvivesPasswordChange);
    let change = move |connection: &mut Connection| {
        let hash = hash_password(&password).map_err(ApiError::internal)?;
        let transaction = connection.transaction()?;
        let sql = "update users set password_hash = ?2 where id = ?1";
        transaction.execute(sql, params![caller.user, hash])?;
        if others_end {
            let sql = "delete from sessions where user_id = ?1 and token_digest <> ?2";
            transaction.execute(sql, params![caller.user, caller.token_digest])?;
        }
        Ok(transaction.commit()?)
    };
    app.store.call(change).await
}
