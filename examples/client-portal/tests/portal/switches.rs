//! Each switch changes the behaviour it names; the good portal does not have it.

use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tidegate_client_portal::{Break, openapi};

use crate::client::{Answer, Portal};
use crate::probes::{access::*, races::*, sessions::*, slowness::*, surface::*};
use crate::reports;

/// For each switch a test of a broken and of a good portal with a probe that tells whether the
/// portal misbehaves.
macro_rules! switches {
    ($($probe:ident = $switch:ident,)+) => {
        mod tests {
            use super::*;
            $(
                #[tokio::test]
                async fn $probe() {
                    let broken = Portal::broken(Break::$switch).await;
                    assert!(super::$probe(&broken).await, "the switch changes nothing");
                    let good = Portal::good().await;
                    assert!(!super::$probe(&good).await, "the good portal misbehaves");
                }
            )+
        }

        #[test]
        fn every_switch_has_a_test() {
            assert_eq!(Break::ALL, [$(Break::$switch),+]);
        }
    };
}

switches! {
    login_refused = LoginRefused,
    switch_ignored = SwitchIgnored,
    create_500 = Create500,
    create_silent = CreateSilent,
    search_empty = SearchEmpty,
    upload_truncates = UploadTruncates,
    download_wrong_type = DownloadWrongType,
    billing_open = BillingOpen,
    delete_keeps = DeleteKeeps,
    stale_read = StaleRead,
    removed_field = RemovedField,
    wrong_total = WrongTotal,
    wrong_invoice_total = WrongInvoiceTotal,
    export_without_header = ExportWithoutHeader,
    export_keeps_old = ExportKeepsOld,
    redirect_loop = RedirectLoop,
    cookie_without_flags = CookieWithoutFlags,
    slow_list = SlowList,
    n_plus_one = NPlusOne,
    stalls = Stalls,
    slow_tail = SlowTail,
    collapses = Collapses,
    random_401 = Random401,
    leaky_error = LeakyError,
    no_request_id = NoRequestId,
    flaky_list = FlakyList,
    secret_in_bundle = SecretInBundle,
    public_sourcemap = PublicSourcemap,
    dotenv_served = DotenvServed,
    test_keys = TestKeys,
    staging_host = StagingHost,
    schema_drift = SchemaDrift,
    undocumented_field = UndocumentedField,
    undocumented_status = UndocumentedStatus,
    accepts_invalid = AcceptsInvalid,
    stores_invalid = StoresInvalid,
    quote_500 = Quote500,
    auth_dropped_from_spec = AuthDroppedFromSpec,
    webhook_drift = WebhookDrift,
    webhook_unsigned = WebhookUnsigned,
    accepts_unsigned_webhook = AcceptsUnsignedWebhook,
    open_route = OpenRoute,
    public_write = PublicWrite,
    tenant_read = TenantRead,
    tenant_write = TenantWrite,
    tenant_write_silent = TenantWriteSilent,
    tenant_delete = TenantDelete,
    tenant_list = TenantList,
    tenant_search = TenantSearch,
    tenant_file = TenantFile,
    foreign_tenant = ForeignTenant,
    public_cache = PublicCache,
    shared_cache = SharedCache,
    mass_assignment = MassAssignment,
    session_survives_logout = SessionSurvivesLogout,
    session_survives_password_change = SessionSurvivesPasswordChange,
    session_fixation = SessionFixation,
    jwt_unverified = JwtUnverified,
    jwt_none = JwtNone,
    jwt_weak_key = JwtWeakKey,
    jwt_eternal = JwtEternal,
    cors_reflect = CorsReflect,
    cors_suffix = CorsSuffix,
    cors_null = CorsNull,
    cors_blocked = CorsBlocked,
    no_vary = NoVary,
    git_served = GitServed,
    backup_served = BackupServed,
    debug_console = DebugConsole,
    metrics_open = MetricsOpen,
    directory_listing = DirectoryListing,
    version_banner = VersionBanner,
    no_security_headers = NoSecurityHeaders,
    embeddable = Embeddable,
    no_throttle = NoThrottle,
    user_enumeration = UserEnumeration,
    no_page_limit = NoPageLimit,
    overfetch = Overfetch,
    duplicate_create = DuplicateCreate,
    lost_update = LostUpdate,
    limit_overrun = LimitOverrun,
}

async fn create(portal: &Portal, title: &str) -> Answer {
    portal
        .log_in("anna")
        .await
        .post("/api/records", json!({ "title": title }))
        .await
}

async fn total(portal: &Portal, path: &str) -> i64 {
    let list = portal.log_in("anna").await.get(path).await;
    list.json()["total"].as_i64().expect("total")
}

async fn login_refused(portal: &Portal) -> bool {
    portal
        .anonymous()
        .log_in("anna", "anna-demo-password")
        .await
        .status
        == 401
}

async fn switch_ignored(portal: &Portal) -> bool {
    let cora = portal.log_in("cora").await;
    let answer = cora
        .post("/api/session/switch", json!({ "account": "globex" }))
        .await;
    assert_eq!(
        (answer.status, &answer.json()["account"]["id"]),
        (200, &json!("globex"))
    );
    cora.get("/api/me").await.json()["account"]["id"] == "acme"
}

async fn create_500(portal: &Portal) -> bool {
    let answer = create(portal, "x").await;
    assert!(!answer.header("x-request-id").is_empty());
    answer.status == 500
}

async fn create_silent(portal: &Portal) -> bool {
    let answer = create(portal, "silent").await;
    let created = total(portal, "/api/records?q=silent").await;
    answer.status == 200 && answer.json()["status"] == "error" && created == 0
}

async fn search_empty(portal: &Portal) -> bool {
    create(portal, "needle").await;
    assert_eq!(total(portal, "/api/records?q=needle").await, 1);
    total(portal, "/api/search?q=needle").await == 0
}

async fn download(portal: &Portal) -> (Value, Answer) {
    let anna = portal.log_in("anna").await;
    let uploaded = anna.upload("a.txt", "text/plain", b"ten bytes.").await;
    let path = format!("{}/content", uploaded.header("location"));
    (uploaded.json(), anna.get(&path).await)
}

async fn upload_truncates(portal: &Portal) -> bool {
    let (facts, content) = download(portal).await;
    assert_eq!(facts["size"], 10);
    content.text() == "ten b"
}

async fn download_wrong_type(portal: &Portal) -> bool {
    let (_, content) = download(portal).await;
    assert_eq!(content.text(), "ten bytes.");
    content.header("content-type") == "application/octet-stream"
}

async fn billing_open(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let status = anna
        .put("/api/billing/plan", json!({ "plan": "business" }))
        .await
        .status;
    status == 200 && anna.get("/api/billing/plan").await.json()["plan"] == "business"
}

async fn delete_keeps(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let path = create(portal, "x").await.header("location").to_owned();
    assert_eq!(anna.delete(&path).await.status, 204);
    assert_eq!(anna.delete("/api/records/rec_none").await.status, 404);
    anna.get(&path).await.status == 200
}

async fn stale_read(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let path = create(portal, "fresh").await.header("location").to_owned();
    let missing = anna.get(&path).await.status == 404;
    let unlisted = total(portal, "/api/records?q=fresh").await == 0;
    assert_eq!(
        anna.delete(&path).await.status,
        204,
        "writes see what reads do not"
    );
    missing && unlisted
}

async fn removed_field(portal: &Portal) -> bool {
    let created = create(portal, "x").await;
    let read = portal
        .log_in("anna")
        .await
        .get(created.header("location"))
        .await;
    assert_eq!(read.json()["title"], "x");
    read.json().get("amount").is_none() && created.json().get("amount").is_none()
}

async fn wrong_total(portal: &Portal) -> bool {
    create(portal, "counted").await;
    assert_eq!(total(portal, "/api/search?q=counted").await, 1);
    total(portal, "/api/records?q=counted").await == 2
}

async fn wrong_invoice_total(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let list = anna.get("/api/invoices").await.json();
    let invoices = list["items"].as_array().expect("items");
    let number = |value: &Value| value.as_i64().expect("a number");
    let fits = |one: &Value| number(&one["net"]) + number(&one["tax"]) == number(&one["amount"]);
    let path = format!("/api/invoices/{}", invoices[1]["id"].as_str().expect("id"));
    assert_eq!(anna.get(&path).await.json(), invoices[1]);
    // The second has two rates: only the tax of its last line is missing.
    number(&invoices[1]["amount"]) == 622_727 && !invoices.iter().any(fits)
}

async fn enquiries(portal: &Portal) -> String {
    let anna = portal.log_in("anna").await;
    anna.get("/api/enquiries.csv").await.text()
}

async fn export_without_header(portal: &Portal) -> bool {
    enquiries(portal).await.starts_with("id,name,")
}

async fn export_keeps_old(portal: &Portal) -> bool {
    let text = enquiries(portal).await;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().any(|line| line.contains("Jun Abe")));
    let old = text.contains("Eva Brandt") && lines.len() == 11;
    let forgotten = text.contains("\r\nenq_103,,,\"Please") && lines.len() == 10;
    assert!(old != forgotten, "{text}");
    old && text.contains("enq_103,Nora Lindt,nora@")
}

async fn redirect_loop(portal: &Portal) -> bool {
    let answer = portal.anonymous().get("/").await;
    answer.status == 302 && answer.header("location") == "/"
}

async fn cookie_without_flags(portal: &Portal) -> bool {
    let answer = portal
        .anonymous()
        .log_in("anna", "anna-demo-password")
        .await;
    !["HttpOnly", "SameSite"]
        .iter()
        .any(|flag| answer.header("set-cookie").contains(flag))
}

async fn random_401(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(anna.get("/api/me").await.status);
    }
    statuses == [200, 200, 200, 200, 401, 200, 200, 200, 200, 401]
}

async fn leaky_error(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let answer = anna.post("/api/records", json!({})).await;
    assert_eq!(answer.error(), "422 invalid-input");
    let text = answer.text();
    ["INSERT INTO", "stack backtrace", "/srv/"]
        .iter()
        .all(|leak| text.contains(leak))
}

async fn no_request_id(portal: &Portal) -> bool {
    let adam = portal.log_in("adam").await;
    assert!(
        !adam
            .get("/api/records/none")
            .await
            .header("x-request-id")
            .is_empty()
    );
    let answer = adam
        .call(Method::POST, "/api/diagnostics/error")
        .send()
        .await;
    let unnamed = answer.json()["error"].get("request_id").is_none();
    answer.status == 500 && answer.header("x-request-id").is_empty() && unnamed
}

async fn flaky_list(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(anna.get("/api/records").await.status);
    }
    statuses == [503, 200, 503, 200]
}

/// The address of the script that the home page loads, and the script.
async fn script(portal: &Portal) -> (String, String) {
    let page = portal.anonymous().get("/").await.text();
    let address = page.split('"').find(|part| part.ends_with(".js"));
    let address = address.expect("the page has a script").to_owned();
    let script = portal.anonymous().get(&address).await.text();
    (address, script)
}

/// The roles of the JSON web tokens in a text.
fn roles(text: &str) -> Vec<Value> {
    let tokens = text.split('"').filter(|part| part.starts_with("eyJ"));
    let claims = tokens.map(|token| {
        let payload = token.split('.').nth(1).expect("a payload");
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64");
        serde_json::from_slice::<Value>(&payload).expect("JSON")["role"].take()
    });
    claims.collect()
}

async fn secret_in_bundle(portal: &Portal) -> bool {
    let (_, script) = script(portal).await;
    let roles = roles(&script);
    assert_eq!(roles.first(), Some(&json!("anon")));
    assert!(script.contains("\"pk_live_51"));
    roles.contains(&json!("service_role")) && script.contains("\"sk_live_51")
}

async fn public_sourcemap(portal: &Portal) -> bool {
    let (address, script) = script(portal).await;
    let map = portal.anonymous().get(&format!("{address}.map")).await;
    map.status == 200 && script.contains("\n//# sourceMappingURL=app.")
}

async fn dotenv_served(portal: &Portal) -> bool {
    let answer = portal.anonymous().get("/.env").await;
    assert_eq!(portal.anonymous().get("/.env.local").await.status, 404);
    let plain = answer.header("content-type") == "text/plain; charset=utf-8";
    plain && answer.text().contains("\nDATABASE_URL=postgresql://")
}

async fn test_keys(portal: &Portal) -> bool {
    let (_, script) = script(portal).await;
    let modes = ["live", "test"]
        .map(|mode| script.contains(&format!("mode: \"{mode}\", publishableKey: \"pk_{mode}_51")));
    assert!(modes[0] != modes[1] && !script.contains("sk_"));
    modes[1]
}

async fn staging_host(portal: &Portal) -> bool {
    let page = portal.anonymous().get("/").await.text();
    let (_, script) = script(portal).await;
    let host = "\"https://staging-api.acme.example";
    assert_eq!(page.contains(host), script.contains(host));
    page.contains(host)
}

/// A record just created, as a read, the list and the search show it.
async fn shown_everywhere(portal: &Portal) -> [Value; 3] {
    let anna = portal.log_in("anna").await;
    let path = create(portal, "shown").await.header("location").to_owned();
    let read = anna.get(&path).await.json();
    let list = anna.get("/api/records?q=shown").await.json();
    let found = anna.get("/api/search?q=shown").await.json();
    [read, list["items"][0].clone(), found["items"][0].clone()]
}

async fn schema_drift(portal: &Portal) -> bool {
    let shown = shown_everywhere(portal).await;
    shown.iter().all(|record| record["version"] == "1")
}

async fn undocumented_field(portal: &Portal) -> bool {
    let shown = shown_everywhere(portal).await;
    shown
        .iter()
        .all(|record| record["internal_notes"].is_string())
}

async fn undocumented_status(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let path = create(portal, "x").await.header("location").to_owned();
    let answer = anna.delete(&path).await;
    assert_eq!(anna.get(&path).await.status, 404);
    answer.status == 202 && answer.body.is_empty()
}

async fn accepts_invalid(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    for amount in [json!("many"), json!(1.5)] {
        let answer = anna.post("/api/records", json!({ "title": "x", "amount": amount }));
        assert_eq!(answer.await.fields(), ["amount"]);
    }
    let negative = json!({ "title": "x", "amount": -1 });
    let answer = anna.post("/api/records", negative).await;
    answer.status == 201 && answer.json()["amount"] == 0
}

async fn stores_invalid(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    for wrong in [
        json!({ "title": "kept", "amount": "many" }),
        json!({ "title": "kept", "external_id": "one", "role": "admin" }),
        json!({ "title": "kept", "external_id": "one", "role": "owner" }),
        json!({ "body": "kept" }),
    ] {
        assert_eq!(anna.post("/api/records", wrong).await.status, 422);
    }
    total(portal, "/api/records?q=kept").await == 2
}

async fn quote_500(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let path = create(portal, "plain").await.header("location").to_owned();
    let created = create(portal, "O'Brien").await.status;
    let changed = anna.patch(&path, json!({ "body": "O'Brien" })).await.status;
    assert_eq!(created == 500, changed == 500);
    created == 500
}

async fn auth_dropped_from_spec(portal: &Portal) -> bool {
    let served = portal.anonymous().get("/openapi.json").await.json();
    assert_eq!(portal.anonymous().get("/api/invoices").await.status, 401);
    let mut expected: Value = serde_json::from_str(openapi()).expect("JSON");
    let unchanged = served == expected;
    expected["paths"]["/api/invoices"]["get"]["security"] = json!([]);
    !unchanged && served == expected
}

#[test]
fn the_readme_names_every_switch() {
    let readme = include_str!("../../README.md");
    for one in Break::ALL {
        let line = format!("| `{}` | {} |", one.name(), one.summary());
        assert!(readme.contains(&line), "{line}");
    }
}

async fn webhook_drift(portal: &Portal) -> bool {
    create(portal, "A new record").await;
    !reports::violations(&portal.event().await).is_empty()
}

async fn webhook_unsigned(portal: &Portal) -> bool {
    create(portal, "A new record").await;
    let event = portal.event().await;
    !event.headers.contains_key("x-portal-signature")
}

async fn accepts_unsigned_webhook(portal: &Portal) -> bool {
    let event = json!({
        "id": "evt_1", "type": "payment.succeeded", "account": "acme", "invoice": "ACME-2026-003",
        "amount": 625_000,
    });
    let caller = portal.anonymous();
    caller.post("/api/webhooks/payments", event).await.status == 202
}
